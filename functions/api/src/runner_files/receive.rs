//! Bytes of outputs on their way into storage: as a raw body, or as a file of a multipart form.

use app::runners::{self, Output, OutputTarget, PartWriter};
use app::{AppError, Rejection};
use http::header;
use ports::{Block, Body, ObjectStore, Platform};
use rest::form::FormBody;
use rest::multipart::{FormEvent, FormScanner, boundary_of};

use crate::runner_jobs::tokens;
use crate::{RequestHead, form};

/// How much is read at once. Each block is looked through for boundaries; what is a file's stays where it
/// is.
const READ_BYTES: usize = 256 << 10;
/// Storage takes one write of up to 5 GiB (R2, S3); what is larger goes in parts.
const MAX_SINGLE_WRITE_BYTES: u64 = 4 << 30;
/// Text fields of a multipart body: a rendition report is one of them when our transcoder sends it in a
/// form.
const MAX_TEXT_BYTES: usize = crate::runner_jobs::MAX_SUCCESS_BYTES;
/// The field in which a stock runner sends a file to a custom upload URL.
const FILE_FIELD: &str = "file";
/// The fields in which it sends files with a success call.
const OUTPUT_FIELDS: &[&str] = &[
    rest::runner::part::VIDEO_FILE,
    rest::runner::part::RESOLUTION_PLAYLIST_FILE,
    rest::runner::part::STORYBOARD_FILE,
];

/// Where the files of a multipart body go.
pub(crate) enum Destination<'a> {
    /// The one file, in the field `file`, goes here.
    Target(OutputTarget),
    /// Files named for outputs of this job, after the two tokens.
    OutputsOf {
        /// The job.
        job_uuid: &'a str,
    },
}

/// What a multipart body held.
pub(crate) struct Received {
    /// Its text fields.
    pub form: FormBody,
    /// Files that were stored.
    pub files: u32,
}

/// Stores one output from a raw or a multipart body.
pub(super) async fn receive_output<P: Platform>(
    platform: &P,
    head: &RequestHead,
    target: OutputTarget,
    body: Body,
) -> Result<(), AppError> {
    let content_type = head
        .header(header::CONTENT_TYPE.as_str())
        .unwrap_or_default();
    if content_type
        .to_ascii_lowercase()
        .starts_with("multipart/form-data")
    {
        let destination = Destination::Target(target);
        let received = receive_multipart(platform, content_type, body, destination).await?;
        return match received.files {
            1 => Ok(()),
            _ => Err(AppError::invalid_field(FILE_FIELD, "must be one file")),
        };
    }
    let len_bytes = head
        .header(header::CONTENT_LENGTH.as_str())
        .and_then(|text| text.parse::<u64>().ok());
    match len_bytes {
        Some(len_bytes) if len_bytes > target.max_bytes => Err(AppError::coded(
            Rejection::PayloadTooLarge,
            "max_file_size_reached",
            format!("The file is larger than {} bytes", target.max_bytes),
        )),
        Some(0) => Err(AppError::rejected(
            Rejection::BadRequest,
            "The file is empty",
        )),
        Some(len_bytes) if len_bytes <= MAX_SINGLE_WRITE_BYTES => {
            let OutputTarget {
                object_key,
                content_type,
                ..
            } = target;
            platform
                .objects()
                .put(&object_key, content_type, body, len_bytes)
                .await?;
            Ok(())
        }
        _ => {
            let mut writer = PartWriter::new(platform, target);
            match copy(&mut writer, body).await {
                Ok(()) => writer.finish().await.map(|_| ()),
                Err(error) => {
                    writer.abandon().await;
                    Err(error)
                }
            }
        }
    }
}

async fn copy<P: Platform>(writer: &mut PartWriter<'_, P>, body: Body) -> Result<(), AppError> {
    let mut stream = body.into_stream();
    while let Some(block) = stream.read(READ_BYTES).await? {
        writer.push(block).await?;
    }
    Ok(())
}

/// Reads a multipart body to its end and stores its files on the way.
///
/// # Errors
/// 400 for a broken body or files before the tokens; what [`runners::prepare_output`] and the writer say.
pub(crate) async fn receive_multipart<P: Platform>(
    platform: &P,
    content_type: &str,
    body: Body,
    destination: Destination<'_>,
) -> Result<Received, AppError> {
    let refusal = |error: rest::multipart::MultipartError| form::refusal(error.into());
    let boundary = boundary_of(content_type).map_err(refusal)?;
    let fields: &'static [&'static str] = match &destination {
        Destination::Target(_) => &[FILE_FIELD],
        Destination::OutputsOf { .. } => OUTPUT_FIELDS,
    };
    let mut scanner = FormScanner::new(&boundary, fields)
        .map_err(form::refusal)?
        .with_text_bytes(MAX_TEXT_BYTES);
    let mut files = Files {
        platform,
        destination,
        writer: None,
        stored: 0,
    };
    let read = read_through(&mut scanner, &mut files, body).await;
    if let Some(writer) = files.writer.take() {
        // Broken off inside a file.
        writer.abandon().await;
    }
    read?;
    Ok(Received {
        form: scanner.finish().map_err(form::refusal)?.form,
        files: files.stored,
    })
}

async fn read_through<P: Platform>(
    scanner: &mut FormScanner,
    files: &mut Files<'_, P>,
    body: Body,
) -> Result<(), AppError> {
    let mut stream = body.into_stream();
    while let Some(block) = stream.read(READ_BYTES).await? {
        let bytes = block.to_vec(0..block.len());
        for event in scanner.feed(&bytes).map_err(form::refusal)? {
            match event {
                FormEvent::FileStart(headers) => {
                    files.start(&headers.name, scanner.form()).await?;
                }
                FormEvent::FileData(range) => files.push(block.slice(range)).await?,
                FormEvent::FileHeld(held) => files.push(Box::new(held)).await?,
                FormEvent::FileEnd => files.end().await?,
            }
        }
    }
    Ok(())
}

struct Files<'a, P: Platform> {
    platform: &'a P,
    destination: Destination<'a>,
    /// `None` between files, and inside one that nobody needs.
    writer: Option<PartWriter<'a, P>>,
    stored: u32,
}

impl<P: Platform> Files<'_, P> {
    async fn start(&mut self, field: &str, form: &FormBody) -> Result<(), AppError> {
        let target = match &self.destination {
            Destination::Target(target) => Some(target.clone()),
            Destination::OutputsOf { job_uuid } => {
                let output = Output::ALL
                    .into_iter()
                    .find(|output| output.form_field() == field)
                    .ok_or_else(|| AppError::bug("a field that was not asked for"))?;
                // A stock runner sends its tokens before its files; without them nothing is stored.
                let tokens = tokens(form)?;
                runners::prepare_output(self.platform, job_uuid, &tokens, output).await?
            }
        };
        self.writer = target.map(|target| PartWriter::new(self.platform, target));
        Ok(())
    }

    async fn push(&mut self, block: Box<dyn Block>) -> Result<(), AppError> {
        match &mut self.writer {
            Some(writer) => writer.push(block).await,
            None => Ok(()),
        }
    }

    async fn end(&mut self) -> Result<(), AppError> {
        if let Some(writer) = self.writer.take() {
            writer.finish().await?;
            self.stored += 1;
        }
        Ok(())
    }
}

//! The file system of `s3s`, put right in three places where it differs from Amazon.

use std::fs;
use std::path::PathBuf;

use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput,
    DeleteObjectInput, DeleteObjectOutput, DeleteObjectsInput, DeleteObjectsOutput, GetObjectInput,
    GetObjectOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output,
    PutObjectInput, PutObjectOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3, S3Error, S3ErrorCode, S3Request, S3Response, S3Result};
use s3s_fs::FileSystem;
use tokio::sync::Mutex;

pub(crate) struct Bucket {
    pub(crate) files: FileSystem,
    /// Folder of the file system.
    pub(crate) root: PathBuf,
    /// One upload is completed at a time: two requests for the same one would take each other's parts away, and
    /// neither would make the object.
    pub(crate) completing: Mutex<()>,
}

impl Bucket {
    /// Amazon wants the numbers of parts to rise; `s3s-fs` wants 1, 2, 3 besides. It keeps each part as a
    /// file with the number in its name.
    fn close_ranks(&self, input: &mut CompleteMultipartUploadInput) -> S3Result<()> {
        let upload_id = &input.upload_id;
        let path = |number: i32| {
            self.root
                .join(format!(".upload_id-{upload_id}.part-{number}"))
        };
        let upload = input.multipart_upload.as_mut();
        let parts = upload.and_then(|upload| upload.parts.as_mut());
        let mut last = 0;
        for (part, wanted) in parts.into_iter().flatten().zip(1..) {
            let number = part.part_number.unwrap_or(0);
            if number <= last {
                return Err(S3Error::new(S3ErrorCode::InvalidPartOrder));
            }
            last = number;
            // Never upwards, and in order: no part that is still wanted is replaced.
            fs::rename(path(number), path(wanted))
                .map_err(|_| S3Error::new(S3ErrorCode::NoSuchUpload))?;
            part.part_number = Some(wanted);
        }
        Ok(())
    }
}

/// A multipart upload that is not there: `AccessDenied` by `s3s-fs`, `NoSuchUpload` by Amazon. Signatures
/// are checked long before this, and there is one key, so nothing else can be meant.
fn no_such_upload(error: S3Error) -> S3Error {
    if *error.code() == S3ErrorCode::AccessDenied {
        return S3Error::new(S3ErrorCode::NoSuchUpload);
    }
    error
}

#[async_trait::async_trait]
impl S3 for Bucket {
    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        self.files.head_object(request).await
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        self.files.get_object(request).await
    }

    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        self.files.put_object(request).await
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.files.delete_object(request).await
    }

    async fn delete_objects(
        &self,
        request: S3Request<DeleteObjectsInput>,
    ) -> S3Result<S3Response<DeleteObjectsOutput>> {
        self.files.delete_objects(request).await
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        self.files.list_objects_v2(request).await
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.files.create_multipart_upload(request).await
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let answer = self.files.upload_part(request).await;
        answer.map_err(no_such_upload)
    }

    async fn complete_multipart_upload(
        &self,
        mut request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let _turn = self.completing.lock().await;
        self.close_ranks(&mut request.input)?;
        let answer = self.files.complete_multipart_upload(request).await;
        answer.map_err(no_such_upload)
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let answer = self.files.abort_multipart_upload(request).await;
        answer.map_err(no_such_upload)
    }
}

//! RSA and AES by WebCrypto.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use js_sys::{Array, ArrayBuffer, Reflect, Uint8Array};
use ports::{Crypto, PortError, RsaKeyPair, RsaScheme, Secret};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::js;

/// `crypto.subtle`.
pub struct SubtleCrypto;

const RSA_BITS: u32 = 2048;
/// Bytes of the nonce in front of what is sealed (NIST SP 800-38D, 8.2.2).
const NONCE_BYTES: usize = 12;
/// Bytes of its tag behind.
const TAG_BYTES: usize = 16;
/// Imported keys that an isolate keeps: importing costs as much as a signature.
const MAX_KEPT_KEYS: usize = 128;

thread_local! {
    static KEPT_KEYS: RefCell<KeptKeys> = RefCell::default();
}

/// Imported keys by what they were imported from.
#[derive(Default)]
struct KeptKeys {
    keys: HashMap<Rc<[u8]>, JsValue>,
    /// The latest last.
    order: VecDeque<Rc<[u8]>>,
}

impl KeptKeys {
    fn find(&self, source: &[u8]) -> Option<JsValue> {
        self.keys.get(source).cloned()
    }

    fn keep(&mut self, source: Vec<u8>, key: JsValue) {
        let source: Rc<[u8]> = source.into();
        if self.keys.insert(Rc::clone(&source), key).is_some() {
            // Two events imported it at the same time.
            return;
        }
        self.order.push_back(source);
        if self.order.len() > MAX_KEPT_KEYS
            && let Some(oldest) = self.order.pop_front()
        {
            self.keys.remove(&oldest);
        }
    }
}

fn failed(thrown: JsValue) -> PortError {
    PortError::bug("WebCrypto", js::message(&thrown))
}

async fn done(promise: Result<js_sys::Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(promise?).await
}

fn bytes(value: JsValue) -> Vec<u8> {
    Uint8Array::new(value.unchecked_ref::<ArrayBuffer>()).to_vec()
}

fn usages(names: &[&str]) -> Array {
    names.iter().map(|name| JsValue::from_str(name)).collect()
}

thread_local! {
    static RSA_V15_SHA256: JsValue = rsa_parameters("RSASSA-PKCS1-v1_5", "SHA-256");
    static RSA_PSS_SHA512: JsValue = rsa_parameters("RSA-PSS", "SHA-512");
}

fn rsa_parameters(name: &str, hash: &str) -> JsValue {
    js::object(&[
        ("name", name.into()),
        ("hash", hash.into()),
        ("saltLength", 64.into()),
    ])
}

fn rsa(scheme: RsaScheme) -> JsValue {
    match scheme {
        RsaScheme::V15Sha256 => RSA_V15_SHA256.with(JsValue::clone),
        RsaScheme::PssSha512 => RSA_PSS_SHA512.with(JsValue::clone),
    }
}

/// Tells imports of one key for different schemes apart.
fn scheme_mark(scheme: RsaScheme) -> &'static [u8] {
    match scheme {
        RsaScheme::V15Sha256 => b"V15Sha256",
        RsaScheme::PssSha512 => b"PssSha512",
    }
}

fn kept(source: &[u8]) -> Option<JsValue> {
    KEPT_KEYS.with_borrow(|keys| keys.find(source))
}

/// Imports a key that is not kept, and keeps it.
async fn import(
    source: Vec<u8>,
    format: &str,
    data: &[u8],
    algorithm: &JsValue,
    usage: &str,
) -> Result<JsValue, JsValue> {
    let data = Uint8Array::from(data);
    let usages = usages(&[usage]);
    let key = done(js::import_key(format, &data, algorithm, false, &usages)).await?;
    KEPT_KEYS.with_borrow_mut(|keys| keys.keep(source, key.clone()));
    Ok(key)
}

/// The key that seals for one purpose (RFC 5869; the secret is random text, so that it needs no salt).
async fn sealing_key(secret: &Secret, purpose: &str) -> Result<JsValue, JsValue> {
    let source = format!("seal\n{purpose}\n{}", secret.0).into_bytes();
    if let Some(key) = kept(&source) {
        return Ok(key);
    }
    let material = Uint8Array::from(secret.0.as_bytes());
    let hkdf = js::object(&[("name", "HKDF".into())]);
    let base = done(js::import_key(
        "raw",
        &material,
        &hkdf,
        false,
        &usages(&["deriveKey"]),
    ))
    .await?;
    let derivation = js::object(&[
        ("name", "HKDF".into()),
        ("hash", "SHA-256".into()),
        ("salt", Uint8Array::new_with_length(0).into()),
        ("info", Uint8Array::from(purpose.as_bytes()).into()),
    ]);
    let aes = js::object(&[("name", "AES-GCM".into()), ("length", 256.into())]);
    let both = usages(&["encrypt", "decrypt"]);
    let key = done(js::derive_key(&derivation, &base, &aes, false, &both)).await?;
    KEPT_KEYS.with_borrow_mut(|keys| keys.keep(source, key.clone()));
    Ok(key)
}

fn aes(nonce: &[u8]) -> JsValue {
    js::object(&[
        ("name", "AES-GCM".into()),
        ("iv", Uint8Array::from(nonce).into()),
    ])
}

impl Crypto for SubtleCrypto {
    async fn generate_rsa_key(&self) -> Result<RsaKeyPair, PortError> {
        let algorithm = js::object(&[
            ("name", "RSASSA-PKCS1-v1_5".into()),
            ("hash", "SHA-256".into()),
            ("modulusLength", RSA_BITS.into()),
            (
                "publicExponent",
                Uint8Array::from([1, 0, 1].as_slice()).into(),
            ),
        ]);
        let pair = done(js::generate_key(
            &algorithm,
            true,
            &usages(&["sign", "verify"]),
        ))
        .await
        .map_err(failed)?;
        let half = |name: &str| Reflect::get(&pair, &name.into()).map_err(failed);
        let export = |format: &'static str, key: JsValue| async move {
            done(js::export_key(format, &key)).await.map(bytes)
        };
        let public = export("spki", half("publicKey")?).await.map_err(failed)?;
        let private_key_der = export("pkcs8", half("privateKey")?).await.map_err(failed)?;
        Ok(RsaKeyPair {
            public_key_pem: pem::encode_public(&public),
            private_key_der,
        })
    }

    async fn sign_rsa(&self, private_key_der: &[u8], message: &[u8]) -> Result<Vec<u8>, PortError> {
        let algorithm = rsa(RsaScheme::V15Sha256);
        let key = match kept(private_key_der) {
            Some(key) => key,
            None => {
                let source = private_key_der.to_vec();
                import(source, "pkcs8", private_key_der, &algorithm, "sign")
                    .await
                    .map_err(failed)?
            }
        };
        done(js::sign(&algorithm, &key, &Uint8Array::from(message)))
            .await
            .map(bytes)
            .map_err(failed)
    }

    async fn verify_rsa(
        &self,
        scheme: RsaScheme,
        public_key_pem: &str,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, PortError> {
        let algorithm = rsa(scheme);
        let source = [public_key_pem.as_bytes(), scheme_mark(scheme)].concat();
        let key = match kept(&source) {
            Some(key) => key,
            None => {
                let Some(der) = pem::decode_public(public_key_pem) else {
                    return Ok(false);
                };
                // A stranger's text: what the host refuses is no key.
                let Ok(key) = import(source, "spki", &der, &algorithm, "verify").await else {
                    return Ok(false);
                };
                key
            }
        };
        let signature = Uint8Array::from(signature);
        let verified = done(js::verify(
            &algorithm,
            &key,
            &signature,
            &Uint8Array::from(message),
        ))
        .await
        .map_err(failed)?;
        Ok(verified.is_truthy())
    }

    async fn seal(
        &self,
        secret: &Secret,
        purpose: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, PortError> {
        let mut sealed = vec![0; NONCE_BYTES];
        js::fill_random(&mut sealed);
        let key = sealing_key(secret, purpose).await.map_err(failed)?;
        let data = Uint8Array::from(plain);
        let encrypted = done(js::encrypt(&aes(&sealed), &key, &data))
            .await
            .map_err(failed)?;
        sealed.extend(bytes(encrypted));
        Ok(sealed)
    }

    async fn open(
        &self,
        secret: &Secret,
        purpose: &str,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, PortError> {
        if sealed.len() < NONCE_BYTES + TAG_BYTES {
            return Ok(None);
        }
        let (nonce, encrypted) = sealed.split_at(NONCE_BYTES);
        let key = sealing_key(secret, purpose).await.map_err(failed)?;
        let opened = done(js::decrypt(&aes(nonce), &key, &Uint8Array::from(encrypted))).await;
        Ok(opened.ok().map(bytes))
    }
}

/// `SubjectPublicKeyInfo` as text (RFC 7468, 13).
mod pem {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
    const END: &str = "-----END PUBLIC KEY-----";
    const LINE_CHARS: usize = 64;

    pub fn encode_public(der: &[u8]) -> String {
        let text = STANDARD.encode(der);
        let mut pem = format!("{BEGIN}\n");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let (line, after) = rest.split_at(rest.len().min(LINE_CHARS));
            pem.push_str(line);
            pem.push('\n');
            rest = after;
        }
        pem.push_str(END);
        pem.push('\n');
        pem
    }

    pub fn decode_public(pem: &str) -> Option<Vec<u8>> {
        let (_, rest) = pem.split_once(BEGIN)?;
        let (text, _) = rest.split_once(END)?;
        let text: String = text.split_whitespace().collect();
        STANDARD.decode(text).ok()
    }
}

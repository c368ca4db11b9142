//! `sha2` in the form that `rsa` takes, which follows an older version of the traits. The `sha2` of that version
//! would be 20 KB of Wasm that does the same.

use rsa::pkcs8::{AssociatedOid, ObjectIdentifier};
use rsa::signature::digest::consts::{U32, U64};
use rsa::signature::digest::{
    FixedOutput, FixedOutputReset, HashMarker, Output, OutputSizeUser, Reset, Update,
};

macro_rules! older {
    ($name:ident, $size:ty, $oid:literal) => {
        #[derive(Default)]
        pub(crate) struct $name(sha2::$name);

        impl HashMarker for $name {}

        impl OutputSizeUser for $name {
            type OutputSize = $size;
        }

        impl Update for $name {
            fn update(&mut self, data: &[u8]) {
                sha2::Digest::update(&mut self.0, data);
            }
        }

        impl Reset for $name {
            fn reset(&mut self) {
                sha2::Digest::reset(&mut self.0);
            }
        }

        impl FixedOutput for $name {
            fn finalize_into(self, out: &mut Output<Self>) {
                out.copy_from_slice(&sha2::Digest::finalize(self.0));
            }
        }

        impl FixedOutputReset for $name {
            fn finalize_into_reset(&mut self, out: &mut Output<Self>) {
                out.copy_from_slice(&sha2::Digest::finalize_reset(&mut self.0));
            }
        }

        // RFC 8017, B.1.
        impl AssociatedOid for $name {
            const OID: ObjectIdentifier = ObjectIdentifier::new_unwrap($oid);
        }
    };
}

older!(Sha256, U32, "2.16.840.1.101.3.4.2.1");
older!(Sha512, U64, "2.16.840.1.101.3.4.2.3");

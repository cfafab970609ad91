// PSA Crypto as Swift can see it: macros that take arguments or casts, as functions.
#pragma once
#include <psa/crypto.h>

/// ECDSA with a random nonce over a SHA-256 digest: the one signature algorithm of a Muster identity.
static inline psa_algorithm_t muster_ecdsa_sha256(void) { return PSA_ALG_ECDSA(PSA_ALG_SHA_256); }

static inline psa_algorithm_t muster_sha256(void) { return PSA_ALG_SHA_256; }

static inline psa_key_type_t muster_p256_key_pair(void) {
  return PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1);
}

static inline psa_key_type_t muster_p256_public_key(void) {
  return PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1);
}

static inline psa_algorithm_t muster_ecdh(void) { return PSA_ALG_ECDH; }

/// AES-CCM-16-64-128 (RFC 9053, section 4.2): the nonce's 13 bytes make it 16, the tag has 64 bits.
static inline psa_algorithm_t muster_ccm8(void) { return PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_CCM, 8); }

static inline psa_key_type_t muster_aes(void) { return PSA_KEY_TYPE_AES; }

static inline psa_key_usage_t muster_usage_derive(void) { return PSA_KEY_USAGE_DERIVE; }

static inline psa_key_usage_t muster_usage_encrypt(void) { return PSA_KEY_USAGE_ENCRYPT; }

static inline psa_key_usage_t muster_usage_decrypt(void) { return PSA_KEY_USAGE_DECRYPT; }

static inline psa_key_usage_t muster_usage_sign(void) { return PSA_KEY_USAGE_SIGN_HASH; }

static inline psa_key_usage_t muster_usage_verify(void) { return PSA_KEY_USAGE_VERIFY_HASH; }

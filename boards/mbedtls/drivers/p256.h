// P-256 as PSA's drivers on a board need it: bytes in, bytes out, no allocation, no branch and no address that depends on a
// secret. Numbers and coordinates are 32 bytes, big-endian; points are uncompressed, 65 bytes.
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { p256_scalar_bytes = 32, p256_point_bytes = 65, p256_signature_bytes = 64 };

/// Whether `scalar` is a private key: from 1 to the group's order less 1.
bool p256_is_scalar(const uint8_t scalar[32]);

/// Whether `point` is on the curve.
bool p256_is_point(const uint8_t point[65]);

/// Replaces `point` by its multiple. False, and nothing of use in `point`, when it is not on the curve.
///
/// - Parameter blinding: a random number, so that no two multiplications by one scalar take the same steps.
bool p256_multiply(uint8_t point[65], const uint8_t scalar[32], uint32_t blinding);

/// The public key of `private_key`.
void p256_public(uint8_t point[65], const uint8_t private_key[32], uint32_t blinding);

/// ECDSA (FIPS 186-4 §6.4). False, and no signature, for one nonce in 2^256: take another.
///
/// - Parameter nonce: a random number, never used again; it becomes worthless here.
bool p256_sign(uint8_t signature[64], const uint8_t private_key[32], const uint8_t digest[32],
               const uint8_t nonce[32], uint32_t blinding);

/// Whether `signature` is one of `digest` by the private key that belongs to `point`.
bool p256_verify(const uint8_t signature[64], const uint8_t digest[32], const uint8_t point[65]);

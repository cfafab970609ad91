// AES-CCM-16-64-128 (RFC 9053 §4.2; RFC 3610 with M = 8 and L = 2): a key of 16 bytes, a nonce of 13, a tag of 8.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ccm8_key_bytes = 16, ccm8_nonce_bytes = 13, ccm8_tag_bytes = 8 };

/// Encrypts or, when `is_opening`, decrypts `count` bytes, which may stay in place, and computes their tag. Comparing it is the
/// caller's, and erasing what was decrypted if it differs.
///
/// - Parameters:
///   - additional_count: below 0xFF00.
///   - count: below 2^16.
void aes_ccm8(const uint8_t key[16], const uint8_t nonce[13], const uint8_t *additional, size_t additional_count,
              const uint8_t *input, uint8_t *output, size_t count, bool is_opening, uint8_t tag[8]);

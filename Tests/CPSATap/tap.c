#define _GNU_SOURCE
#include "tap.h"

#include <dlfcn.h>
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>

static int is_recording;
static psa_tap_faults faults;
static uint8_t *transcript;
static size_t transcript_bytes, transcript_capacity;

void psa_tap_start(void) {
  is_recording = 1;
  faults = (psa_tap_faults){0};
  transcript_bytes = 0;
}

void psa_tap_stop(void) { is_recording = 0; }

psa_tap_faults psa_tap_found(void) { return faults; }

const uint8_t *psa_tap_transcript(size_t *bytes) {
  *bytes = transcript_bytes;
  return transcript;
}

static void record(const uint8_t *bytes, size_t count) {
  if (!is_recording || count == 0) return;
  if (transcript_capacity - transcript_bytes < count) {
    transcript_capacity = 2 * (transcript_capacity + count);
    transcript = realloc(transcript, transcript_capacity);
    if (transcript == NULL) abort();
  }
  memcpy(transcript + transcript_bytes, bytes, count);
  transcript_bytes += count;
}

static void count(uint32_t *fault) {
  if (is_recording) *fault += 1;
}

// The library's own function of this name.
#define NEXT(function) ((__typeof__(&function))dlsym(RTLD_NEXT, #function))

psa_status_t psa_export_key(psa_key_id_t key, uint8_t *data, size_t size, size_t *length) {
  count(&faults.exports);
  psa_status_t status = NEXT(psa_export_key)(key, data, size, length);
  if (status == PSA_SUCCESS) record(data, *length);
  return status;
}

psa_status_t psa_copy_key(psa_key_id_t source, const psa_key_attributes_t *attributes, psa_key_id_t *target) {
  count(&faults.copies);
  return NEXT(psa_copy_key)(source, attributes, target);
}

psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *data, size_t length,
                            psa_key_id_t *key) {
  // A peer's public key may come in, and a session's key, which is derived in memory anyway, for as long as it is used.
  psa_key_type_t type = psa_get_key_type(attributes);
  if (PSA_KEY_TYPE_IS_KEY_PAIR(type) || !PSA_KEY_LIFETIME_IS_VOLATILE(psa_get_key_lifetime(attributes))) {
    count(&faults.imports);
  }
  record(data, length);
  return NEXT(psa_import_key)(attributes, data, length, key);
}

psa_status_t psa_generate_key(const psa_key_attributes_t *attributes, psa_key_id_t *key) {
  if (psa_get_key_usage_flags(attributes) & (PSA_KEY_USAGE_EXPORT | PSA_KEY_USAGE_COPY)) count(&faults.loose_keys);
  return NEXT(psa_generate_key)(attributes, key);
}

psa_status_t psa_export_public_key(psa_key_id_t key, uint8_t *data, size_t size, size_t *length) {
  psa_status_t status = NEXT(psa_export_public_key)(key, data, size, length);
  if (status == PSA_SUCCESS) record(data, *length);
  return status;
}

psa_status_t psa_raw_key_agreement(psa_algorithm_t algorithm, psa_key_id_t key, const uint8_t *peer,
                                   size_t peer_length, uint8_t *output, size_t size, size_t *length) {
  record(peer, peer_length);
  psa_status_t status = NEXT(psa_raw_key_agreement)(algorithm, key, peer, peer_length, output, size, length);
  if (status == PSA_SUCCESS) record(output, *length);
  return status;
}

psa_status_t psa_sign_hash(psa_key_id_t key, psa_algorithm_t algorithm, const uint8_t *hash, size_t hash_length,
                           uint8_t *signature, size_t size, size_t *length) {
  record(hash, hash_length);
  psa_status_t status = NEXT(psa_sign_hash)(key, algorithm, hash, hash_length, signature, size, length);
  if (status == PSA_SUCCESS) record(signature, *length);
  return status;
}

psa_status_t psa_generate_random(uint8_t *output, size_t size) {
  psa_status_t status = NEXT(psa_generate_random)(output, size);
  record(output, size);
  return status;
}

psa_status_t psa_hash_update(psa_hash_operation_t *operation, const uint8_t *input, size_t length) {
  record(input, length);
  return NEXT(psa_hash_update)(operation, input, length);
}

psa_status_t psa_aead_encrypt(psa_key_id_t key, psa_algorithm_t algorithm, const uint8_t *nonce, size_t nonce_length,
                              const uint8_t *additional, size_t additional_length, const uint8_t *plaintext,
                              size_t plaintext_length, uint8_t *ciphertext, size_t size, size_t *length) {
  record(plaintext, plaintext_length);
  record(additional, additional_length);
  psa_status_t status = NEXT(psa_aead_encrypt)(key, algorithm, nonce, nonce_length, additional, additional_length,
                                               plaintext, plaintext_length, ciphertext, size, length);
  if (status == PSA_SUCCESS) record(ciphertext, *length);
  return status;
}

psa_status_t psa_aead_decrypt(psa_key_id_t key, psa_algorithm_t algorithm, const uint8_t *nonce, size_t nonce_length,
                              const uint8_t *additional, size_t additional_length, const uint8_t *ciphertext,
                              size_t ciphertext_length, uint8_t *plaintext, size_t size, size_t *length) {
  record(ciphertext, ciphertext_length);
  record(additional, additional_length);
  psa_status_t status = NEXT(psa_aead_decrypt)(key, algorithm, nonce, nonce_length, additional, additional_length,
                                               ciphertext, ciphertext_length, plaintext, size, length);
  if (status == PSA_SUCCESS) record(plaintext, *length);
  return status;
}

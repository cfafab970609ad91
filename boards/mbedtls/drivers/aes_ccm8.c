// CCM on BearSSL's small AES, whose one table is the S-box. Compiled as a part of bearssl.c.

#include "aes_ccm8.h"

enum { block = 16, rounds = 10 };

/// Through a volatile pointer, so that the compiler does not find that nobody reads the zeros.
static void erase(void *memory, size_t count) {
  for (volatile uint8_t *byte = memory; count > 0; count--) *byte++ = 0;
}

void aes_ccm8(const uint8_t key[16], const uint8_t nonce[13], const uint8_t *additional, size_t additional_count,
              const uint8_t *input, uint8_t *output, size_t count, bool is_opening, uint8_t tag[8]) {
  uint32_t round_keys[4 * (rounds + 1)];
  uint8_t mac[block], counter[block] = {1}, stream[block];
  br_aes_keysched(round_keys, key, ccm8_key_bytes);
  memcpy(counter + 1, nonce, ccm8_nonce_bytes);

  // B_0: whether there is additional data, (M - 2) / 2, L - 1; the nonce; how much follows.
  memcpy(mac, counter, sizeof mac);
  mac[0] = (additional_count > 0) << 6 | 3 << 3 | 1;
  mac[14] = (uint8_t)(count >> 8);
  mac[15] = (uint8_t)count;
  br_aes_small_encrypt(rounds, round_keys, mac);

  if (additional_count > 0) {
    mac[0] ^= (uint8_t)(additional_count >> 8);
    mac[1] ^= (uint8_t)additional_count;
    for (size_t index = 0, place = 2; index < additional_count; index++, place++) {
      if (place == block) {
        br_aes_small_encrypt(rounds, round_keys, mac);
        place = 0;
      }
      mac[place] ^= additional[index];
    }
    br_aes_small_encrypt(rounds, round_keys, mac);
  }

  for (size_t index = 0; index < count; index++) {
    const size_t place = index % block;
    if (place == 0) {
      if (++counter[15] == 0) counter[14]++;
      memcpy(stream, counter, sizeof stream);
      br_aes_small_encrypt(rounds, round_keys, stream);
    }
    const uint8_t byte = input[index], other = byte ^ stream[place];
    mac[place] ^= is_opening ? other : byte;
    output[index] = other;
    if (place == block - 1 || index == count - 1) br_aes_small_encrypt(rounds, round_keys, mac);
  }

  counter[14] = counter[15] = 0;
  br_aes_small_encrypt(rounds, round_keys, counter);
  for (size_t index = 0; index < ccm8_tag_bytes; index++) tag[index] = mac[index] ^ counter[index];

  // The key, and what the last block and the tag were hidden with.
  erase(round_keys, sizeof round_keys);
  erase(stream, sizeof stream);
  erase(counter, sizeof counter);
}

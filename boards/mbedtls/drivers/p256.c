// P-256 on BearSSL's numbers of 15-bit words, which are its arithmetic for processors that multiply 32 bits at most: constant
// in time, and a third of the size of mbedTLS's. Compiled as a part of bearssl.c.

#include "p256.h"

typedef uint16_t number[I15_LEN];

static const curve_params curve = {P256_P, P256_B, P256_R2, 1, p256_point_bytes};

/// Reads the group's order, and returns what Montgomery's multiplication needs with it.
static uint16_t read_order(number order) {
  br_i15_decode(order, P256_N, sizeof P256_N);
  return br_i15_ninv15(order[1]);
}

/// Reads a number below the order. False if it is not, or zero.
static bool read_scalar(number scalar, const uint8_t bytes[32], const number order) {
  return br_i15_decode_mod(scalar, bytes, 32, order) & (br_i15_iszero(scalar) ^ 1);
}

/// Reads a number below 2^256, modulo the order, which is more than half of it.
static void read_reduced(number scalar, const uint8_t bytes[32], const number order) {
  br_i15_decode(scalar, bytes, 32);
  scalar[0] = order[0];
  br_i15_sub(scalar, order, br_i15_sub(scalar, order, 0) ^ 1);
}

/// Takes a number out of Montgomery's form and inverts it, by Fermat: the result is the inverse *in* that form.
static void invert(number scalar, const number order, uint16_t factor) {
  number square, product;
  uint8_t exponent[32];
  memcpy(exponent, P256_N, sizeof exponent);
  exponent[31] -= 2;
  br_i15_from_monty(scalar, order, factor);
  br_i15_modpow(scalar, exponent, sizeof exponent, order, factor, square, product);
}

bool p256_is_scalar(const uint8_t bytes[32]) {
  number order, scalar;
  read_order(order);
  return read_scalar(scalar, bytes, order);
}

bool p256_is_point(const uint8_t point[65]) {
  jacobian decoded;
  return point_decode(&decoded, point, p256_point_bytes, &curve);
}

bool p256_multiply(uint8_t point[65], const uint8_t scalar[32], uint32_t blinding) {
  // The scalar plus a random multiple of the order: the same point by other steps (Coron 1999, section 5.1). 24 bits of it,
  // so that a byte's product and the carry fit in 32.
  uint8_t blinded[3 + 32];
  uint32_t carry = 0;
  for (int index = 34; index >= 0; index--) {
    if (index >= 3) carry += scalar[index - 3] + (blinding & 0xFFFFFF) * P256_N[index - 3];
    blinded[index] = (uint8_t)carry;
    carry >>= 8;
  }
  jacobian product;
  const bool valid = point_decode(&product, point, p256_point_bytes, &curve);
  point_mul(&product, blinded, sizeof blinded, &curve);
  point_encode(point, &product, &curve);
  return valid;
}

void p256_public(uint8_t point[65], const uint8_t private_key[32], uint32_t blinding) {
  memcpy(point, P256_G, p256_point_bytes);
  p256_multiply(point, private_key, blinding);
}

bool p256_sign(uint8_t signature[64], const uint8_t private_key[32], const uint8_t digest[32],
               const uint8_t nonce[32], uint32_t blinding) {
  number order, r, s, key, sum;
  uint8_t point[p256_point_bytes];
  const uint16_t factor = read_order(order);
  if (!read_scalar(key, private_key, order) || !read_scalar(s, nonce, order)) return false;

  p256_public(point, nonce, blinding);
  read_reduced(r, point + 1, order);
  // s = (digest + key r) / nonce. Each multiplication takes Montgomery's factor away once; the inverse brings it twice.
  br_i15_from_monty(s, order, factor);
  invert(s, order, factor);
  br_i15_montymul(sum, key, r, order, factor);
  read_reduced(key, digest, order);
  br_i15_from_monty(key, order, factor);
  uint32_t isOver = br_i15_add(sum, key, 1);
  isOver |= br_i15_sub(sum, order, 0) ^ 1;
  br_i15_sub(sum, order, isOver);
  br_i15_montymul(key, sum, s, order, factor);

  br_i15_encode(signature, 32, r);
  br_i15_encode(signature + 32, 32, key);
  return !(br_i15_iszero(r) | br_i15_iszero(key));
}

bool p256_verify(const uint8_t signature[64], const uint8_t digest[32], const uint8_t point[65]) {
  number order, r, s, product;
  uint8_t of_point[32], of_generator[32], sum[p256_point_bytes];
  jacobian first, second;
  const uint16_t factor = read_order(order);
  if (!read_scalar(r, signature, order) || !read_scalar(s, signature + 32, order)) return false;
  if (!point_decode(&first, point, p256_point_bytes, &curve)) return false;
  point_decode(&second, P256_G, p256_point_bytes, &curve);

  invert(s, order, factor);
  br_i15_montymul(product, r, s, order, factor);
  br_i15_encode(of_point, 32, product);
  read_reduced(r, digest, order);
  br_i15_montymul(product, r, s, order, factor);
  br_i15_encode(of_generator, 32, product);

  point_mul(&first, of_point, 32, &curve);
  point_mul(&second, of_generator, 32, &curve);
  // Two different points have a sum, and one point twice has its double; a point and its negative have neither.
  const bool differ = point_add(&first, &second, &curve);
  if (br_i15_iszero(first.c[2])) {
    if (differ) return false;
    first = second;
    point_double(&first, &curve);
  }
  point_encode(sum, &first, &curve);
  read_reduced(s, sum + 1, order);
  br_i15_encode(of_point, 32, s);
  return memcmp(of_point, signature, 32) == 0;
}

// A tap on the border between a program and its PSA, for tests: it stands where a secure element's bus would be, sees every
// byte that crosses, and knows what may not.
//
// The functions of PSA Crypto that DeviceCrypto calls are defined again here and pass on to libmbedcrypto's (the dynamic
// linker finds the executable's first). Not thread-safe, like mbedTLS 2.28's PSA itself.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// What of a key may never happen at the border.
typedef struct {
  /// A key's bytes were asked for, whether or not PSA gave them.
  uint32_t exports;
  /// A key was copied: the way round a policy.
  uint32_t copies;
  /// A private key, or a key that is kept, came in from outside.
  uint32_t imports;
  /// A key was made that may be exported or copied.
  uint32_t loose_keys;
} psa_tap_faults;

/// Begins to record, from nothing.
void psa_tap_start(void);

/// Ends the recording.
void psa_tap_stop(void);

/// The faults since the start.
psa_tap_faults psa_tap_found(void);

/// Everything that crossed since the start, in both directions, one after another.
const uint8_t *_Nullable psa_tap_transcript(size_t *_Nonnull bytes);

// libcrypto (OpenSSL 3), for what swift-crypto does not have: AES-CCM, and keys in tokens.
#pragma once
#include <openssl/evp.h>
#include <openssl/params.h>

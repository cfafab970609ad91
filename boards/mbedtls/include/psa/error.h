// The header of status codes that PSA's storage headers share; with mbedTLS they live beside the crypto API's types.
#pragma once
#include "psa/crypto_types.h"
#include "psa/crypto_values.h"

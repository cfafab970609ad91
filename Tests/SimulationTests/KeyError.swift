import COSE

/// COSE's error, under a name that swift-crypto does not have too.
typealias KeyError = COSE.CryptoError

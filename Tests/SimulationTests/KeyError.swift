import COSE

/// COSE's error: swift-crypto has one of the same name, and COSE a type of the module's.
typealias KeyError = CryptoError

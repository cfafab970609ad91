import CPKCS11

/// One session with a token.
struct TokenSession {
  /// The longest attribute that is read, in bytes: far more than a label, an identifier or a point needs.
  private static let maxAttributeBytes = 1_024

  let module: TokenModule
  let handle: CK_SESSION_HANDLE
  /// The start of the module that it belongs to.
  let start: Int

  /// Opens a session, logged in.
  ///
  /// - Parameters:
  ///   - start: the module's start, as ``TokenModule/calling(_:)`` says it.
  ///   - writing: whether objects are to be made in it.
  /// - Throws: ``PKIError``: `tokenGone`, `tokenPIN`, or what ``KeyFile`` throws of the file with the PIN.
  init(_ uri: TokenURI, in module: TokenModule, start: Int, writing: Bool = false) throws(PKIError) {
    self.module = module
    self.start = start
    let opened = module.oneByOne { () -> Result<CK_SESSION_HANDLE, PKIError> in
      do throws(PKIError) {
        return .success(try Self.open(uri, in: module, writing: writing))
      } catch {
        return .failure(error)
      }
    }
    handle = try opened.get()
  }

  private static func open(
    _ uri: TokenURI, in module: TokenModule, writing: Bool
  ) throws(PKIError) -> CK_SESSION_HANDLE {
    var handle: CK_SESSION_HANDLE = 0
    do throws(TokenFault) {
      guard let slot = try module.slot(of: uri) else {
        throw TokenFault(task: "be found", answer: CKR_TOKEN_NOT_PRESENT)
      }
      let flags = CKF_SERIAL_SESSION | (writing ? CKF_RW_SESSION : 0)
      try module.check("open a session", module.functions.C_OpenSession(slot, flags, nil, nil, &handle))
    } catch {
      throw error.error(.tokenGone, token: uri.tokenName)
    }
    guard let file = uri.pinFile else { return handle }
    do throws(PKIError) {
      try module.logIn(handle, pin: KeyFile.readSecret(file), token: uri.tokenName)
    } catch {
      _ = module.functions.C_CloseSession(handle)
      throw error
    }
    return handle
  }

  /// Ends the session; the last one of a token logs out.
  func close() { module.oneByOne { _ = module.functions.C_CloseSession(handle) } }

  /// The objects with these attributes, at most 8 of them.
  func objects(_ attributes: TokenAttributes) throws(TokenFault) -> [CK_OBJECT_HANDLE] {
    try module.check(
      "look for objects", attributes.withTemplate { module.functions.C_FindObjectsInit(handle, $0, $1) })
    var found = [CK_OBJECT_HANDLE](repeating: 0, count: 8)
    var count: CK_ULONG = 0
    let answer = module.functions.C_FindObjects(handle, &found, CK_ULONG(found.count), &count)
    _ = module.functions.C_FindObjectsFinal(handle)
    try module.check("look for objects", answer)
    return Array(found.prefix(Int(count)))
  }

  /// The value of an attribute; nil when the object has none, or does not give it away.
  func value(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(TokenFault) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: Self.maxAttributeBytes)
    let (answer, count) = bytes.withUnsafeMutableBytes { bytes in
      var attribute = CK_ATTRIBUTE(type: type, pValue: bytes.baseAddress, ulValueLen: CK_ULONG(bytes.count))
      return (module.functions.C_GetAttributeValue(handle, object, &attribute, 1), attribute.ulValueLen)
    }
    switch answer {
    case CKR_OK where count <= CK_ULONG(bytes.count): return Array(bytes.prefix(Int(count)))
    case CKR_OK, CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_SENSITIVE, CKR_BUFFER_TOO_SMALL: return nil
    default: throw TokenFault(task: "read an attribute", answer: answer)
    }
  }

  /// A yes or a no; nil when the object has no such attribute.
  func flag(_ type: CK_ATTRIBUTE_TYPE, of object: CK_OBJECT_HANDLE) throws(TokenFault) -> Bool? {
    guard let value = try value(type, of: object), value.count == 1 else { return nil }
    return value[0] != 0
  }
}

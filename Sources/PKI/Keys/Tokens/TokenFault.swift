import CPKCS11

/// Why a token did not do what it was asked to.
struct TokenFault: Error {
  /// What it was asked for, to be read after 'cannot'.
  let task: String
  /// What it answered (PKCS#11 v2.40 §5.1).
  let answer: CK_RV

  /// Whether a session that is opened anew may do better: the token was pulled out, was put back, or its module lost it.
  var isLostSession: Bool {
    switch answer {
    case CKR_DEVICE_REMOVED, CKR_TOKEN_NOT_PRESENT, CKR_TOKEN_NOT_RECOGNIZED, CKR_SLOT_ID_INVALID, CKR_DEVICE_ERROR,
      CKR_SESSION_HANDLE_INVALID, CKR_SESSION_CLOSED, CKR_USER_NOT_LOGGED_IN, CKR_KEY_HANDLE_INVALID,
      CKR_OBJECT_HANDLE_INVALID,
      CKR_GENERAL_ERROR, CKR_FUNCTION_FAILED:
      true
    default: false
    }
  }

  /// The same for the person at the terminal.
  func error(_ code: PKIError.Code, token: String) -> PKIError {
    PKIError(code, "The token \(token) cannot \(task): it answers \(Self.name(answer)).")
  }

  private static func name(_ answer: CK_RV) -> String {
    let names: [CK_RV: String] = [
      CKR_HOST_MEMORY: "CKR_HOST_MEMORY", CKR_GENERAL_ERROR: "CKR_GENERAL_ERROR",
      CKR_FUNCTION_FAILED: "CKR_FUNCTION_FAILED",
      CKR_DEVICE_ERROR: "CKR_DEVICE_ERROR", CKR_DEVICE_MEMORY: "CKR_DEVICE_MEMORY",
      CKR_DEVICE_REMOVED: "CKR_DEVICE_REMOVED",
      CKR_KEY_HANDLE_INVALID: "CKR_KEY_HANDLE_INVALID", CKR_OBJECT_HANDLE_INVALID: "CKR_OBJECT_HANDLE_INVALID",
      CKR_KEY_FUNCTION_NOT_PERMITTED: "CKR_KEY_FUNCTION_NOT_PERMITTED", CKR_MECHANISM_INVALID: "CKR_MECHANISM_INVALID",
      CKR_PIN_INCORRECT: "CKR_PIN_INCORRECT", CKR_PIN_EXPIRED: "CKR_PIN_EXPIRED", CKR_PIN_LOCKED: "CKR_PIN_LOCKED",
      CKR_PIN_LEN_RANGE: "CKR_PIN_LEN_RANGE", CKR_PIN_INVALID: "CKR_PIN_INVALID",
      CKR_SESSION_CLOSED: "CKR_SESSION_CLOSED",
      CKR_SESSION_COUNT: "CKR_SESSION_COUNT", CKR_SESSION_HANDLE_INVALID: "CKR_SESSION_HANDLE_INVALID",
      CKR_TOKEN_NOT_PRESENT: "CKR_TOKEN_NOT_PRESENT", CKR_TOKEN_NOT_RECOGNIZED: "CKR_TOKEN_NOT_RECOGNIZED",
      CKR_TOKEN_WRITE_PROTECTED: "CKR_TOKEN_WRITE_PROTECTED", CKR_USER_NOT_LOGGED_IN: "CKR_USER_NOT_LOGGED_IN",
      CKR_USER_PIN_NOT_INITIALIZED: "CKR_USER_PIN_NOT_INITIALIZED", CKR_CURVE_NOT_SUPPORTED: "CKR_CURVE_NOT_SUPPORTED",
    ]
    return names[answer] ?? "0x" + String(answer, radix: 16)
  }
}

import CPKCS11
import Foundation
import Synchronization

/// The shared library that speaks for tokens of one make, loaded and initialised once in a process (PKCS#11 v2.40 §5.4).
///
/// Unchecked, because of its pointers: they stand as long as the process, and the module was told that threads of the system call
/// it at once.
final class TokenModule: @unchecked Sendable {
  private static let loaded = Mutex<[String: TokenModule]>([:])

  /// What can be called.
  let functions: CK_FUNCTION_LIST
  /// PINs that a token refused, so that no other key or call tries them again: tokens lock themselves after a few.
  private let refusedPINs = Mutex<Set<[UInt8]>>([])
  private let use = Mutex(Use())
  private let opening = Mutex(())

  /// Who is calling the module, and since which start of it.
  private struct Use {
    var callers = 0
    var start = 0
    var started = ContinuousClock.now
  }

  /// The least time between two starts: each ends the sessions of all tokens of this make.
  private static let restartPause = Duration.seconds(1)

  /// The module at a path.
  ///
  /// - Throws: ``PKIError`` with code `tokenModule` when it is none, or does not work.
  static func at(_ path: String) throws(PKIError) -> TokenModule {
    let outcome: Result<TokenModule, PKIError> = loaded.withLock { loaded in
      if let module = loaded[path] { return .success(module) }
      do throws(PKIError) {
        let module = try TokenModule(path)
        loaded[path] = module
        return .success(module)
      } catch {
        return .failure(error)
      }
    }
    return try outcome.get()
  }

  private init(_ path: String) throws(PKIError) {
    guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
      throw PKIError(
        .tokenModule, "The PKCS#11 module \(path) cannot be loaded: \(dlerror().map { String(cString: $0) } ?? "").")
    }
    guard let symbol = dlsym(library, "C_GetFunctionList") else {
      throw PKIError(.tokenModule, "\(path) is no PKCS#11 module: it has no C_GetFunctionList.")
    }
    let getFunctionList = unsafeBitCast(symbol, to: CK_C_GetFunctionList.self)
    var list: UnsafeMutablePointer<CK_FUNCTION_LIST>?
    guard getFunctionList(&list) == CKR_OK, let list else {
      throw PKIError(.tokenModule, "The PKCS#11 module \(path) gives no list of functions.")
    }
    functions = list.pointee
    let answer = start()
    guard answer == CKR_OK || answer == CKR_CRYPTOKI_ALREADY_INITIALIZED else {
      throw TokenFault(task: "be initialised", answer: answer).error(.tokenModule, token: path)
    }
  }

  private func start() -> CK_RV {
    var arguments = CK_C_INITIALIZE_ARGS()
    arguments.flags = CKF_OS_LOCKING_OK
    return functions.C_Initialize(&arguments)
  }

  /// Calls the module: everything else here that does is called inside `body`.
  ///
  /// - Parameter body: gets the number of the module's start; sessions of an earlier one are no more.
  func calling<Value, Failure: Error>(_ body: (_ start: Int) throws(Failure) -> Value) throws(Failure) -> Value {
    let start = use.withLock { use in
      use.callers += 1
      return use.start
    }
    defer { use.withLock { $0.callers -= 1 } }
    return try body(start)
  }

  /// Opens or closes a session while no other is opened or closed: a token that logs out with its last session must not do so
  /// between another's opening and its being logged in, and a list of slots must not change while it is read.
  func oneByOne<Value>(_ body: () -> Value) -> Value {
    opening.withLock { _ in body() }
  }

  /// Ends the module and starts it again, since some see a token that was put back only then.
  ///
  /// - Returns: false when somebody is just calling it, when it was started a moment ago, or when it does not start.
  func restart() -> Bool {
    use.withLock { use in
      guard use.callers == 0, use.started.duration(to: .now) >= Self.restartPause else { return false }
      _ = functions.C_Finalize(nil)
      use.start += 1
      use.started = .now
      return start() == CKR_OK
    }
  }

  /// The slot with the token that a URI names.
  ///
  /// - Returns: nil when there is none.
  /// - Throws: ``TokenFault``.
  func slot(of uri: TokenURI) throws(TokenFault) -> CK_SLOT_ID? {
    // The first call, without room for an answer, has the module look for tokens again.
    var count: CK_ULONG = 0
    try check("list its slots", functions.C_GetSlotList(CK_BBOOL(CK_TRUE), nil, &count))
    guard count > 0 else { return nil }
    var slots = [CK_SLOT_ID](repeating: 0, count: Int(count))
    try check("list its slots", functions.C_GetSlotList(CK_BBOOL(CK_TRUE), &slots, &count))
    for slot in slots.prefix(Int(count)) {
      var info = CK_TOKEN_INFO()
      // One that is pulled out between the calls is not the one that is looked for.
      guard functions.C_GetTokenInfo(slot, &info) == CKR_OK else { continue }
      let label = withUnsafeBytes(of: &info.label) { Self.unpadded($0) }
      let serial = withUnsafeBytes(of: &info.serialNumber) { Self.unpadded($0) }
      if uri.token ?? label == label, uri.serial ?? serial == serial { return slot }
    }
    return nil
  }

  /// Logs the user in, for all sessions of this process with this token; a PIN that was refused once is not tried again.
  func logIn(_ session: CK_SESSION_HANDLE, pin: [UInt8], token: String) throws(PKIError) {
    let attempt = (Array(token.utf8) + [0] + pin).sha256
    guard !refusedPINs.withLock({ $0.contains(attempt) }) else {
      throw Self.wrongPIN(token, "was refused before, and is not tried again")
    }
    var pin = pin
    defer { for index in pin.indices { pin[index] = 0 } }
    let answer = functions.C_Login(session, CK_USER_TYPE(CKU_USER), &pin, CK_ULONG(pin.count))
    switch answer {
    case CKR_OK, CKR_USER_ALREADY_LOGGED_IN: return
    case CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_EXPIRED:
      _ = refusedPINs.withLock { $0.insert(attempt) }
      throw Self.wrongPIN(token, "is refused")
    case CKR_PIN_LOCKED: throw Self.wrongPIN(token, "is locked, after too many wrong ones")
    default: throw TokenFault(task: "log in", answer: answer).error(.tokenGone, token: token)
    }
  }

  /// - Throws: ``TokenFault`` unless the answer is CKR_OK.
  func check(_ task: String, _ answer: CK_RV) throws(TokenFault) {
    guard answer == CKR_OK else { throw TokenFault(task: task, answer: answer) }
  }

  private static func wrongPIN(_ token: String, _ what: String) -> PKIError {
    PKIError(
      .tokenPIN, "The PIN of the token \(token) \(what): mend the file that 'pin-source' names, then start again.")
  }

  /// Text of a fixed field, which blanks fill up.
  private static func unpadded(_ field: UnsafeRawBufferPointer) -> String {
    let end = field.lastIndex { $0 != UInt8(ascii: " ") && $0 != 0 }.map { $0 + 1 } ?? 0
    return String(decoding: field.prefix(end), as: UTF8.self)
  }
}

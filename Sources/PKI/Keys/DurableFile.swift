import Foundation

/// Small files that are wholly there or not at all, also after a power cut.
public enum DurableFile {
  /// Writes a new file; one that is there already is left alone.
  ///
  /// - Throws: ``PKIError`` with code `fileExists` or `file`.
  public static func create(_ path: String, bytes: [UInt8], mode: UInt32 = 0o644) throws {
    try write(path, bytes: bytes, mode: mode) { temporary in
      // link, unlike rename, fails when the name is taken.
      guard link(temporary, path) == 0 else {
        throw errno == EEXIST
          ? PKIError(.fileExists, "\(path) is there already and is not overwritten.")
          : PKIError.system(.file, "Cannot write \(path)")
      }
    }
  }

  /// Writes a file in place of the one that may be there.
  ///
  /// - Throws: ``PKIError`` with code `file`.
  public static func replace(_ path: String, bytes: [UInt8], mode: UInt32 = 0o644) throws {
    try write(path, bytes: bytes, mode: mode) { temporary in
      guard rename(temporary, path) == 0 else { throw PKIError.system(.file, "Cannot write \(path)") }
    }
  }

  /// Puts a file in another's place, in one step that outlives a power cut. Both are in one folder.
  ///
  /// - Throws: ``PKIError`` with code `file`.
  public static func move(_ path: String, to place: String) throws {
    guard rename(path, place) == 0 else { throw PKIError.system(.file, "Cannot write \(place)") }
    try synchronize(folderOf: place)
  }

  /// Reads a text file.
  ///
  /// - Throws: ``PKIError`` with code `file`.
  public static func readText(_ path: String) throws(PKIError) -> String {
    String(decoding: try readBytes(path), as: UTF8.self)
  }

  /// Reads a file.
  ///
  /// - Throws: ``PKIError`` with code `file`.
  public static func readBytes(_ path: String) throws(PKIError) -> [UInt8] {
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw PKIError.system(.file, "Cannot read \(path)")
    }
    return Array(bytes)
  }

  private static func write(_ path: String, bytes: [UInt8], mode: UInt32, commit: (String) throws -> Void) throws {
    let temporary = "\(path).\(UInt64.random(in: .min ... .max)).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
    guard descriptor >= 0 else { throw PKIError.system(.file, "Cannot write \(path)") }
    defer { unlink(temporary) }
    do {
      defer { close(descriptor) }
      try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: bytes)
      guard fsync(descriptor) == 0 else { throw PKIError.system(.file, "Cannot write \(path)") }
    } catch let error as PKIError {
      throw error
    } catch {
      throw PKIError(.file, "Cannot write \(path): \(error.localizedDescription)")
    }
    try commit(temporary)
    try synchronize(folderOf: path)
  }

  /// Makes the new name durable, not only the bytes.
  private static func synchronize(folderOf path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw PKIError.system(.file, "Cannot open the folder \(folder)") }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw PKIError.system(.file, "Cannot write the folder \(folder)") }
  }
}

extension PKIError {
  /// A failed system call: the sentence, and what errno says.
  static func system(_ code: Code, _ sentence: String) -> PKIError {
    PKIError(code, "\(sentence): \(String(cString: strerror(errno))).")
  }
}

/// A device as a factory list or an administrator names it beforehand.
struct DeviceListing: Sendable, Equatable {
  let id: DeviceID
  var thumbprint: Thumbprint?
  var model: String?

  /// - Throws: ``ManagerError`` with code `invalid`.
  init(id: DeviceID, thumbprint: Thumbprint?, model: String?) throws(ManagerError) {
    if let model, !NameRule.allowsText(model) {
      throw ManagerError(.invalid, "A model has 1 to 64 printable ASCII characters.")
    }
    self.id = id
    self.thumbprint = thumbprint
    self.model = model
  }
}

/// A factory list: lines of `id,thumbprint,model` (RFC 4180), as `muster provision --factory-list` writes them.
///
/// A first line with just these words is a heading. Blank lines, and lines that begin with `#`, say nothing. The model may be
/// left out. Every line is read by itself, so that one bad line says what is wrong with it and hides no other.
struct DeviceList: Equatable {
  /// A line and what it says.
  struct Row: Equatable {
    /// Counted from 1.
    let line: Int
    let listing: DeviceListing
  }

  private(set) var rows: [Row] = []
  private(set) var faults: [ImportFault] = []

  /// Reads a list. Lines end with LF or CRLF; a byte order mark in front is passed over.
  init(_ text: String) {
    var seenIDs: [String: Int] = [:]
    var seenThumbprints: [Thumbprint: Int] = [:]
    let text = text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text
    let lines = text.split(separator: /\r\n|\n/, omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let number = index + 1
      guard !line.allSatisfy(\.isWhitespace), !line.hasPrefix("#") else { continue }
      if index == 0, line.filter({ $0 != " " }).lowercased().hasPrefix("id,thumbprint") { continue }
      do {
        let listing = try Self.listing(String(line))
        if let first = seenIDs.updateValue(number, forKey: listing.id.text.lowercased()) {
          throw ManagerError(.invalid, "Device \(listing.id) is in line \(first) already.")
        }
        if let thumbprint = listing.thumbprint, let first = seenThumbprints.updateValue(number, forKey: thumbprint) {
          throw ManagerError(.invalid, "The thumbprint is in line \(first) already.")
        }
        rows.append(Row(line: number, listing: listing))
      } catch let error as ManagerError {
        faults.append(ImportFault(line: number, reason: error.reason))
      } catch {
        faults.append(ImportFault(line: number, reason: "The line cannot be read."))
      }
    }
  }

  private static func listing(_ line: String) throws -> DeviceListing {
    let fields = try fields(line)
    guard fields.count == 2 || fields.count == 3 else {
      throw ManagerError(.invalid, "The line has \(fields.count) fields, and not id, thumbprint and perhaps model.")
    }
    let model = fields.count == 3 && !fields[2].isEmpty ? fields[2] : nil
    return try DeviceListing(id: try DeviceID(fields[0]), thumbprint: try Thumbprint(fields[1]), model: model)
  }

  /// The fields of one line: plain ones without the spaces around them, quoted ones as they stand (RFC 4180 §2).
  private static func fields(_ line: String) throws -> [String] {
    var fields: [String] = []
    var rest = line[...]
    while true {
      rest = rest.drop { $0 == " " || $0 == "\t" }
      if rest.hasPrefix("\"") {
        fields.append(try quoted(&rest))
      } else {
        let field = rest.prefix { $0 != "," }
        fields.append(String(field).trimmingSpaces)
        rest = rest.dropFirst(field.count)
      }
      guard rest.first == "," else { return fields }
      rest = rest.dropFirst()
    }
  }

  private static func quoted(_ rest: inout Substring) throws -> String {
    var field = ""
    rest = rest.dropFirst()
    while let character = rest.popFirst() {
      guard character == "\"" else {
        field.append(character)
        continue
      }
      if rest.first == "\"" {
        field.append("\"")
        rest = rest.dropFirst()
        continue
      }
      rest = rest.drop { $0 == " " || $0 == "\t" }
      guard rest.isEmpty || rest.first == "," else { break }
      return field
    }
    throw ManagerError(.invalid, "A quotation mark is not closed, or something follows it.")
  }
}

extension String {
  fileprivate var trimmingSpaces: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}

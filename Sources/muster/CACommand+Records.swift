import ArgumentParser
import Foundation
import MockCA
import PKI
import X509

extension CACommand {
  /// Which certificates.
  struct QueryOptions: ParsableArguments {
    @Option(help: "Only of this profile.")
    var profile: String?

    @Option(help: "Only those that this registration authority ordered: the serial number that it enrolled with.")
    var authority: String?

    @Option(help: "Only those whose subject has this in it.")
    var subject: String?

    @Option(help: "Only those that are live, revoked or expired.")
    var state: String?

    @Option(help: "Only those issued from this moment on: 2026-11-23 or 2026-11-23T12:00:00Z.")
    var since: String?

    @Option(help: "Only those issued before this moment.")
    var until: String?

    func validate() throws {
      guard state.map({ IssuedCertificateRecord.State(rawValue: $0) != nil }) ?? true else {
        throw ValidationError("--state is live, revoked or expired.")
      }
      for text in [since, until].compactMap({ $0 }) where Self.date(text) == nil {
        throw ValidationError("'\(text)' is no date.")
      }
    }

    func query(now: Date) -> CertificateQuery {
      var query = CertificateQuery(now: now)
      (query.profile, query.authority, query.subject) = (profile, authority, subject)
      query.state = state.flatMap { IssuedCertificateRecord.State(rawValue: $0) }
      (query.since, query.until) = (since.flatMap(Self.date), until.flatMap(Self.date))
      return query
    }

    private static func date(_ text: String) -> Date? {
      try? Date(text.contains("T") ? text : text + "T00:00:00Z", strategy: .iso8601)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List issued certificates, oldest first.", discussion: "The CA may be running.")

    @OptionGroup var directory: DirectoryOption
    @OptionGroup var options: QueryOptions
    @Flag(help: "One JSON object a line.") var json = false

    func run() async throws {
      try await CACommand.explainingFailure {
        let now = Date()
        try await MockCA.certificates(directory: directory.path, options.query(now: now)) { record in
          print(json ? try CACommand.jsonLine(record.fields(now: now)) : record.line(now: now))
        }
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show a certificate and what is known of it.")

    @OptionGroup var directory: DirectoryOption
    @Argument(help: "The serial number in hexadecimal, with or without colons.") var serialNumber: String
    @Flag(help: "One JSON object, with the certificate in PEM.") var json = false

    func run() async throws {
      try await CACommand.explainingFailure {
        let now = Date()
        var query = CertificateQuery(now: now)
        query.serialNumber = serialNumber
        var isFound = false
        try await MockCA.certificates(directory: directory.path, query) { record in
          isFound = true
          var fields = record.fields(now: now)
          let pem = try Certificate(der: record.der).pem
          if json {
            fields["pem"] = pem
            print(try CACommand.jsonLine(fields))
          } else {
            for (name, value) in fields.sorted(by: { $0.key < $1.key }) { print("\(name): \(value)") }
            print(pem, terminator: "")
          }
        }
        guard isFound else { throw CACommand.unknown(serialNumber) }
      }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write issued certificates to standard output, in PEM, oldest first.")

    @OptionGroup var directory: DirectoryOption
    @OptionGroup var options: QueryOptions

    func run() async throws {
      try await CACommand.explainingFailure {
        try await MockCA.certificates(directory: directory.path, options.query(now: Date())) { record in
          print(try Certificate(der: record.der).pem, terminator: "")
        }
      }
    }
  }

  struct Usage: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "usage",
      abstract: "Report what each registration authority used in a month: issued, renewed, revoked.",
      discussion: "A certificate counts as renewed when its authority had one of the profile for its subject before.")

    @OptionGroup var directory: DirectoryOption
    @Option(help: "The month (UTC): YYYY-MM.") var month: String
    @Flag(help: "Print one JSON object a line, instead of CSV.") var json = false

    func validate() throws {
      guard month.wholeMatch(of: /[0-9]{4}-(0[1-9]|1[0-2])/) != nil else {
        throw ValidationError("--month is YYYY-MM.")
      }
    }

    func run() async throws {
      try await CACommand.explainingFailure {
        let numbers = month.split(separator: "-").compactMap { Int($0) }
        let reports = try await MockCA.usage(year: numbers[0], month: numbers[1], directory: directory.path)
        if !json { print("month,authority,subject,issued,renewed,revoked") }
        for report in reports { print(json ? try report.json(month: month) : report.csv(month: month)) }
      }
    }
  }

  fileprivate static func unknown(_ serialNumber: String) -> any Error {
    CACommand.explain(
      "No certificate has the serial number \(serialNumber).", remedy: "'muster ca list' lists all.", status: 66)
  }
}

extension IssuedCertificateRecord {
  fileprivate func line(now: Date) -> String {
    "\(serialNumber)  \(profile)  \(state(now: now).rawValue)  \(notBefore.ISO8601Format())  "
      + "\(notAfter.ISO8601Format())  \(subject)"
  }

  fileprivate func fields(now: Date) -> [String: String] {
    let optional = [
      "authority": authority, "revoked": revokedAt?.ISO8601Format(), "reason": reason?.name, "comment": comment,
    ]
    return [
      "serial": serialNumber, "profile": profile, "issuer": String(issuer), "state": state(now: now).rawValue,
      "subject": subject, "notBefore": notBefore.ISO8601Format(), "notAfter": notAfter.ISO8601Format(),
      "issued": issuedAt.ISO8601Format(), "transaction": transaction,
    ].merging(optional.compactMapValues { $0 }) { $1 }
  }
}

extension UsageReport {
  fileprivate func csv(month: String) -> String {
    // RFC 4180: a subject has commas and may have quotes; a spreadsheet must not take it for a formula.
    let safe = (subject.first.map { "=+-@".contains($0) } == true ? "'" : "") + subject
    let quoted = "\"\(safe.replacing("\"", with: "\"\""))\""
    return "\(month),\(authority),\(quoted),\(issued),\(renewed),\(revoked)"
  }

  fileprivate func json(month: String) throws -> String {
    struct Line: Encodable {
      let month, authority, subject: String
      let issued, renewed, revoked: Int
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let line = Line(
      month: month, authority: authority, subject: subject, issued: issued, renewed: renewed, revoked: revoked)
    return String(decoding: try encoder.encode(line), as: UTF8.self)
  }
}

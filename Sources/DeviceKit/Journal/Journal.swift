import COSE
import Trust

/// The device's memory: two slots of flash of which one is in force, and a count of starts.
///
/// A change is written whole into the other slot, which becomes the one in force with its commit word; only then is
/// the old one erased. So a power cut leaves the state before or the state after, and never a mixture (DESIGN, 'The
/// device's memory'). What is in force names the identity key: a key that no slot names is nobody's, and boot
/// destroys it.
///
/// The other slot is also where arriving certificates are staged, block by block, so that no buffer in RAM holds them.
struct Journal<Storage: Flash & ~Copyable>: ~Copyable {
  private(set) var flash: Storage
  /// What is in force. All empty in factory state.
  private(set) var record = JournalRecord()
  /// Where in its life a device is of which this is in force; `nil` is factory state.
  private(set) var state: DeviceState?
  /// The parts of the descriptor in force; `nil` in factory state.
  private(set) var trust: TrustDescriptor?
  /// Where the parts in force stand in the region, and where staged certificates begin.
  private(set) var rootOffset = 0
  private(set) var descriptorOffset = 0
  private(set) var certificatesOffset = 0
  private(set) var stagedOffset = 0
  /// Longest certs-only PKCS#7 that fits beside the root's key and the descriptor.
  private(set) var certificatesCapacity = 0
  /// Counts commits, and wraps.
  private(set) var sequence: UInt32 = 0

  private var isStaging = false
  private var inForce: Slot
  private var spare: Slot
  /// Where their payloads begin.
  private var inForceOffset: Int
  private var spareOffset: Int

  init(flash: consuming Storage) {
    let pages = (flash.pageCount - BootCounter.pages) / 2
    inForce = Slot(firstPage: 0, pages: pages)
    spare = Slot(firstPage: pages, pages: pages)
    inForceOffset = inForce.payload(in: flash)
    spareOffset = spare.payload(in: flash)
    capacity = spare.capacity(in: flash)
    self.flash = flash
  }

  /// Finds what is in force, and finishes a commit that a power cut left with two valid slots.
  mutating func open() throws(FlashError) {
    var header = SlotHeader()
    var other = SlotHeader()
    // A slot of an earlier format has another uid, and is none: flash of before is factory state.
    let isFirst = try inForce.read(&header, in: flash) && header.uid == SlotHeader.journal
    let isSecond = try spare.read(&other, in: flash) && other.uid == SlotHeader.journal
    guard isFirst || isSecond else { return }
    if isSecond, !isFirst || other.isNewer(than: header) {
      header = other
      swapSlots()
    }
    if isFirst, isSecond { try? spare.clear(in: &flash) }
    try load(header)
  }

  /// Counts a start and returns the count.
  mutating func countBoot() throws(FlashError) -> UInt32 {
    try BootCounter.increment(in: &flash, firstPage: inForce.pages + spare.pages)
  }

  // MARK: Commits

  /// Leaves factory state: a root and its descriptor, no key.
  ///
  /// - Parameter trust: The descriptor's parts.
  mutating func commitProvisioning(
    root: Span<UInt8>, descriptor: Span<UInt8>, _ trust: TrustDescriptor
  ) throws(FlashError) {
    var next = JournalRecord()
    next.rootBytes = root.count
    next.descriptorBytes = descriptor.count
    try begin(next)
    try flash.write(root, at: spareOffset &+ next.rootOffset)
    try flash.write(descriptor, at: spareOffset &+ next.descriptorOffset)
    try commit(next, trust)
  }

  /// Makes another descriptor of the same root the one in force; key and certificates stay.
  mutating func commitTrust(descriptor: Span<UInt8>, _ trust: TrustDescriptor) throws(FlashError) {
    var next = record
    next.descriptorBytes = descriptor.count
    try begin(next)
    try flash.copy(count: next.rootBytes, from: rootOffset, to: spareOffset &+ next.rootOffset)
    try flash.write(descriptor, at: spareOffset &+ next.descriptorOffset)
    let certificates = next.payloadBytes - next.certificatesOffset
    try flash.copy(count: certificates, from: certificatesOffset, to: spareOffset &+ next.certificatesOffset)
    try commit(next, trust)
  }

  /// Makes another key the one in force, or none; certificates of the key before it go.
  @inline(never)
  mutating func commitKey(_ key: KeyID?) throws(FlashError) {
    var next = record
    next.key = key
    next.certificatesBytes = 0
    try clearSpare()
    try copyTrust()
    try commit(next, trust)
  }

  /// Makes the staged certificates the ones in force.
  mutating func commitCertificates(count: Int) throws(FlashError) {
    var next = record
    next.certificatesBytes = count
    try copyTrust()
    try commit(next, trust)
  }

  /// Returns to factory state; nothing of the network is left in flash.
  mutating func commitReset() throws(FlashError) {
    try clearSpare()
    try commit(JournalRecord(), nil)
  }

  // MARK: Staging

  /// Clears room for certificates.
  mutating func beginStaging() throws(FlashError) {
    try clearSpare()
    isStaging = true
  }

  /// Writes a piece of the arriving certificates.
  ///
  /// - Parameters:
  ///   - bytes: Their length is a multiple of 16 in every piece but the last.
  ///   - position: Bytes before this piece.
  /// - Throws: ``FlashError/outOfRange`` when nothing is being staged any more, or when it does not fit.
  mutating func stage(_ bytes: Span<UInt8>, at position: Int) throws(FlashError) {
    guard isStaging, position + bytes.count <= certificatesCapacity else { throw .outOfRange }
    try flash.write(bytes, at: stagedOffset + position)
  }

  // MARK: Slots

  private let capacity: Int

  private mutating func swapSlots() {
    (inForce, spare) = (spare, inForce)
    (inForceOffset, spareOffset) = (spareOffset, inForceOffset)
  }

  private mutating func load(_ header: SlotHeader) throws(FlashError) {
    var bytes = InlineArray<16, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    try flash.read(at: inForceOffset, into: &span)
    guard let record = JournalRecord(bytes.span, payloadBytes: Int(header.count)) else { throw .failed }
    let trust = try readDescriptor(record)
    adopt(record, trust, header)
  }

  /// Finds the parts of the descriptor that a record names. Its signature was checked before it was stored.
  ///
  /// The one time a device has it in memory whole without being sent it: at a start, when the stack is empty.
  @inline(never)
  private mutating func readDescriptor(_ record: JournalRecord) throws(FlashError) -> TrustDescriptor? {
    guard record.descriptorBytes > 0 else { return nil }
    guard record.descriptorBytes <= TrustLimits.descriptorBytes else { throw .failed }
    var bytes = InlineArray<896, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    var part = span.first(record.descriptorBytes)
    try flash.read(at: inForceOffset &+ record.descriptorOffset, into: &part)
    do {
      return try TrustDescriptor(verified: part.span)
    } catch {
      throw .failed
    }
  }

  private mutating func adopt(_ next: JournalRecord, _ trust: TrustDescriptor?, _ header: SlotHeader) {
    record = next
    self.trust = trust
    state = next.state
    sequence = header.sequence
    rootOffset = inForceOffset &+ next.rootOffset
    descriptorOffset = inForceOffset &+ next.descriptorOffset
    certificatesOffset = inForceOffset &+ next.certificatesOffset
    stagedOffset = spareOffset &+ next.certificatesOffset
    certificatesCapacity = capacity - next.certificatesOffset
  }

  /// Clears the other slot for a payload of this length.
  private mutating func begin(_ next: JournalRecord) throws(FlashError) {
    guard next.payloadBytes <= capacity else { throw .outOfRange }
    try clearSpare()
  }

  private mutating func clearSpare() throws(FlashError) {
    isStaging = false
    try spare.clear(in: &flash)
  }

  private mutating func copyTrust() throws(FlashError) {
    let count = record.certificatesOffset - record.rootOffset
    try flash.copy(count: count, from: rootOffset, to: spareOffset + record.rootOffset)
  }

  private mutating func commit(_ next: JournalRecord, _ trust: TrustDescriptor?) throws(FlashError) {
    isStaging = false
    var bytes = InlineArray<16, UInt8>(repeating: 0)
    var span = bytes.mutableSpan
    next.write(to: &span)
    try flash.write(span.span, at: spareOffset)
    var header = SlotHeader(
      uid: SlotHeader.journal, sequence: sequence &+ 1, count: UInt32(next.payloadBytes))
    try spare.commit(&header, in: &flash)
    swapSlots()
    adopt(next, trust, header)
    // The new slot reads back, and is in force: from here on a cut leaves two valid ones, and the next start erases the
    // older. So a page that cannot be erased is the next commit's fault, and not this one's.
    try? spare.clear(in: &flash)
  }
}

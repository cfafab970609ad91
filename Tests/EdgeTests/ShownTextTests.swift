import Edge
import Testing

@Suite("Strangers' words, shown")
struct ShownTextTests {
  @Test("Letters of every script, marks and spaces stand; nothing is left that acts on a terminal")
  func shown() {
    #expect("Grüße, 北京 e\u{301} 👍 ok".shown() == "Grüße, 北京 e\u{301} 👍 ok")
    let escape = "a\u{1B}[2Jb\u{9B}1mc\u{7F}\u{8}\r\nd\te"
    #expect(escape.shown() == "a[2Jb1mcde")
    let turned = "user\u{202E}nimda\u{2066}x\u{2069}\u{200B}\u{2028}\u{2029}\u{FEFF}\u{E0041}"
    #expect(turned.shown() == "usernimdax")
    #expect("\u{E000}\u{FFFF}".shown() == "")
  }

  @Test("What goes on and on is cut; what was left out does not count")
  func limit() {
    #expect(String(repeating: "x", count: 1000).shown().count == 200)
    #expect((String(repeating: "\u{1B}", count: 300) + "abcdef").shown(limit: 5) == "abcde")
  }

  @Test("A text is shown as it stands exactly when nothing would be left out")
  func isShown() {
    for text in ["", "plain", "a\u{1B}b", "a\u{202E}", "a\nb", "北京"] {
      #expect(text.isShown == (text.shown() == text), "\(text.unicodeScalars.map(\.value))")
    }
  }
}

/// Why reading stopped: the bytes are not what they have to be, or there are none. What that makes of the list is said
/// where the thing was expected.
enum ListFault: Error {
  case form
  case unreadable
}

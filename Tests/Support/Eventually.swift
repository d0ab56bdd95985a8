// Waiting for something that another thread or process does, without guessing how
// long it takes.

import Foundation

/// Waits until the condition holds; false when it still does not after `limit`.
package func eventually(
  within limit: Duration = .seconds(10), _ condition: @Sendable () async -> Bool
) async -> Bool {
  let clock = ContinuousClock()
  let deadline = clock.now + limit
  while clock.now < deadline {
    if await condition() { return true }
    // Polling: a test that is cancelled meanwhile just asks once more.
    do { try await clock.sleep(for: .milliseconds(2)) } catch { return await condition() }
  }
  return await condition()
}

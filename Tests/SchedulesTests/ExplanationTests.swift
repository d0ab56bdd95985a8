// Schedules in words.

import Schedules
import Testing

@Suite struct `Explanations` {
  static let table = [
    ("* * * * *", "Every minute"),
    ("*/15 * * * *", "Every 15 minutes"),
    ("5-59/15 * * * *", "Every 15 minutes, from minute 5 of each hour"),
    ("*/7 * * * *", "At minutes 0, 7, 14, ..., 56 of every hour"),
    ("0,10,45 * * * *", "At minutes 0, 10 and 45 of every hour"),
    ("0 * * * *", "Every hour"),
    ("30 * * * *", "At minute 30 of every hour"),
    ("0 */2 * * *", "Every 2 hours"),
    ("30 */2 * * *", "Every 2 hours, from 00:30"),
    ("0 1-23/2 * * *", "Every 2 hours, from 01:00"),
    ("0 */5 * * *", "At 00:00, 05:00, 10:00, 15:00 and 20:00, every day"),
    ("0 3 * * 1-5", "At 03:00, Monday through Friday"),
    ("0 3 * * *", "At 03:00, every day"),
    ("0,30 9 * * *", "At 09:00 and 09:30, every day"),
    ("0 9,12,15 * * *", "At 09:00, 12:00 and 15:00, every day"),
    ("0 9-17 * * MON-FRI", "Every hour from 09:00 through 17:00, Monday through Friday"),
    ("*/15 9-17 * * 1-5", "Every 15 minutes from 09:00 through 17:45, Monday through Friday"),
    ("* 4 * * *", "Every minute from 04:00 through 04:59"),
    ("* 1,5 * * *", "Every minute of hours 1 and 5"),
    ("0-10 8,20 * * *", "At minutes 0 through 10 of hours 8 and 20"),
    ("0 0 1 * *", "At 00:00, on day 1 of the month"),
    ("0 0 1,15 * *", "At 00:00, on days 1 and 15 of the month"),
    ("0 0 25 12 *", "At 00:00, on 25 December"),
    ("0 0 1 1,4,7,10 *", "At 00:00, on day 1 of January, April, July and October"),
    ("0 0 13 * 5", "At 00:00, on day 13 of the month or on Friday"),
    ("0 0 13 3 5,1", "At 00:00, on day 13 of the month or on Monday or Friday, in March"),
    ("0 0 */10 * MON", "At 00:00, on days 1, 11, 21 and 31 of the month, when that falls on Monday"),
    ("0 12 * * SUN", "At 12:00, on Sunday"),
    ("0 12 * * 6,0", "At 12:00, on Saturday and Sunday"),
    ("0 12 * * 5-7", "At 12:00, Friday through Sunday"),
    ("0 0 * * */2", "At 00:00, on Tuesday, Thursday, Saturday and Sunday"),
    ("0 12 * JUN-AUG *", "At 12:00, every day from June through August"),
    ("0 * * 1 *", "Every hour, in January"),
    ("15 3 * 1,7 2,4", "At 03:15, on Tuesday and Thursday, in January and July"),
    ("0 0 29 2 *", "At 00:00, on 29 February"),
    ("0 0 30 2 *", "At 00:00, on 30 February: a date that never comes"),
    ("@hourly", "Every hour"),
    ("@weekly", "At 00:00, on Sunday"),
    ("@yearly", "At 00:00, on 1 January"),
    ("every 2 hours", "Every 2 hours, counted from the previous run"),
    ("every 1 minutes", "Every minute, counted from the previous run"),
    ("every 1 hours synchronized", "Every hour, counted from midnight"),
    ("every 10 minutes from 10:00 to 14:00", "Every 10 minutes from 10:00 through 14:00"),
    ("every 10 minutes from 22:00 to 04:00", "Every 10 minutes from 22:00 through 04:00 the next day"),
    ("every day 09:00", "At 09:00, every day"),
    ("every mon,wed of jan 9:05", "At 09:05, on Monday and Wednesday, in January"),
    (
      "1st,third monday of quarter 09:15",
      "At 09:15, on the first and third Monday of January, April, July and October"
    ),
    ("2nd sat,sun 08:00", "At 08:00, on the second Saturday and Sunday of the month"),
    ("5th fri of month 08:00", "At 08:00, on the fifth Friday of the month"),
    ("1,15 of jan,feb,mar,jul 06:00", "At 06:00, on days 1 and 15 of January through March and July"),
  ]

  @Test(arguments: table) func `a schedule is told in plain English`(_ text: String, _ words: String) throws {
    #expect(try Schedule(text).explanation == words)
  }
}

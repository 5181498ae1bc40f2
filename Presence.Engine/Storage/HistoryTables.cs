using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Presence.Engine.Changes;
using Presence.Engine.History;
using Presence.Engine.Rooms;

namespace Presence.Engine.Storage;

/// <summary>The tables of history. Rooms, people and devices are numbered once, so that a visit is some 30 bytes and erasing a person is one update.</summary>
/// <remarks>
/// Visits and minutes are clustered by their key (<c>WITHOUT ROWID</c>, in the migration: EF Core has no word for it), so that a
/// stretch of a room is read from neighbouring pages. No foreign keys: millions of rows are deleted without looking each one up.
/// </remarks>
internal static class HistoryTables
{
    /// <summary>What stands for the network where a room's number is wanted.</summary>
    public const long Network = 0;

    /// <summary>
    /// Stays longer than this have an index of their own. Who was present at an instant joined at most this long before, or is found
    /// there: no question about an instant reads more than this of a room, and no stay is too long to be found.
    /// </summary>
    public const long LongStayMilliseconds = 6 * 60 * 60 * 1000;

    public static void Create(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<HistoryRoomRecord>(room =>
        {
            room.ToTable("HistoryRooms").HasKey(r => r.No);
            room.HasIndex(r => r.RoomId).IsUnique();
        });

        modelBuilder.Entity<HistoryPersonRecord>(person =>
        {
            person.ToTable("HistoryPeople").HasKey(p => p.No);
            person.HasIndex(p => p.UserId).IsUnique();
            person.HasIndex(p => p.LastSeenAt);
        });

        modelBuilder.Entity<HistoryDeviceRecord>(device =>
        {
            device.ToTable("HistoryDevices").HasKey(d => d.No);
            device.HasIndex(d => new { d.Name, d.AppVersion }).IsUnique();
        });

        modelBuilder.Entity<VisitRecord>(visit =>
        {
            visit.ToTable("Visits").HasKey(v => new { v.RoomNo, v.JoinedAt, v.PersonNo });
            visit.HasIndex(v => new { v.PersonNo, v.JoinedAt });
            visit.HasIndex(v => new { v.RoomNo, v.JoinedAt }).HasFilter($""" "StayedMilliseconds" > {LongStayMilliseconds} """.Trim());
        });

        modelBuilder.Entity<MinuteRecord>(minute => minute.ToTable("Minutes").HasKey(m => new { m.Step, m.RoomNo, m.At }));

        modelBuilder.Entity<LateHeartbeatsRecord>(late => late.ToTable("LateHeartbeats").HasKey(l => new { l.At, l.RoomNo, l.DeviceNo, l.Seconds }));

        modelBuilder.Entity<BroadcastRecord>(broadcast =>
        {
            broadcast.ToTable("Broadcasts").HasKey(b => b.Id);
            broadcast.HasIndex(b => new { b.RoomNo, b.StartedAt });
            broadcast.HasIndex(b => b.StartedAt);
            broadcast.HasIndex(b => b.EndedAt);
        });

        modelBuilder.Entity<HistorySettingsRecord>(settings =>
        {
            settings.ToTable("HistorySettings").HasKey(s => s.Version);
            settings.Property(s => s.Version).ValueGeneratedNever();
        });
    }
}

/// <summary>A room that something is kept of. Bounded: it goes with the last row that names it.</summary>
internal sealed class HistoryRoomRecord
{
    public long No { get; init; }
    public required string RoomId { get; init; }
}

/// <summary>A person with visits. Bounded by the retention of attendance: it goes when the last visit does.</summary>
internal sealed class HistoryPersonRecord
{
    public long No { get; init; }

    /// <summary>Null when the person was erased: visits keep counting, and name no one.</summary>
    public string? UserId { get; init; }

    public bool IsGuest { get; init; }
    public DateTimeOffset FirstSeenAt { get; init; }
    public DateTimeOffset LastSeenAt { get; init; }
    public long Visits { get; init; }
    public long WatchedMilliseconds { get; init; }
}

/// <summary>A device and app version, empty where not said. Bounded: <see cref="HistoryNumbers.MostDevices"/>.</summary>
internal sealed class HistoryDeviceRecord
{
    public long No { get; init; }
    public required string Name { get; init; }
    public required string AppVersion { get; init; }
}

/// <summary>One visit, some 70 bytes with its indexes. Bounded by retention. Durations count from <see cref="JoinedAt"/>: they are shorter than instants.</summary>
internal sealed class VisitRecord
{
    public long RoomNo { get; init; }
    public DateTimeOffset JoinedAt { get; init; }
    public long PersonNo { get; init; }

    /// <summary>From joining to leaving.</summary>
    public long StayedMilliseconds { get; init; }

    /// <summary>The end of it in which the viewer was not known to watch: from the last sign to the deadline.</summary>
    public long UnseenMilliseconds { get; init; }

    public long HiddenMilliseconds { get; init; }
    public LeaveReason Reason { get; init; }
    public long DeviceNo { get; init; }
}

/// <summary>A minute, or a quarter of an hour, of a room or the network. Bounded by retention.</summary>
internal sealed class MinuteRecord
{
    public MinuteStep Step { get; init; }
    public long RoomNo { get; init; }
    public DateTimeOffset At { get; init; }

    /// <summary>How many minutes it is made of.</summary>
    public int Recorded { get; init; }

    public long ViewersMilliseconds { get; init; }
    public long HiddenMilliseconds { get; init; }
    public long GuestsMilliseconds { get; init; }
    public int Peak { get; init; }
    public int Joins { get; init; }
    public int Left { get; init; }
    public int TimedOut { get; init; }
    public int Disabled { get; init; }
    public int Removed { get; init; }
    public int Ended { get; init; }
}

/// <summary>Heartbeats of a room's hour that came late. Bounded: the last day, and a device is late by at most 3,600 different numbers of seconds.</summary>
internal sealed class LateHeartbeatsRecord
{
    /// <summary>When the hour began, UTC.</summary>
    public DateTimeOffset At { get; init; }

    public long RoomNo { get; init; }
    public long DeviceNo { get; init; }
    public int Seconds { get; init; }
    public int Count { get; init; }
}

/// <summary>Which rows of minutes. The numbers are stored.</summary>
internal enum MinuteStep : byte
{
    /// <summary>A minute.</summary>
    Minute = 0,

    /// <summary>A quarter of an hour, which divides the offset of every time zone in use: hours and days of any zone are sums of them.</summary>
    Quarter = 1,
}

/// <summary>One broadcast; the summary's columns are empty until it has one. Bounded by retention.</summary>
internal sealed class BroadcastRecord
{
    public long Id { get; init; }
    public long RoomNo { get; init; }
    public string? Title { get; set; }
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Since when the room is empty, while the broadcast may still go on.</summary>
    public DateTimeOffset? EmptySince { get; set; }

    /// <summary>Whether it had a viewer: one that never had is forgotten.</summary>
    public bool HadViewers { get; set; }

    public DateTimeOffset? EndedAt { get; set; }
    public BroadcastEnd End { get; set; }

    /// <summary>When the summary was made; null while there is none.</summary>
    public DateTimeOffset? SummarisedAt { get; set; }

    public int Peak { get; set; }
    public DateTimeOffset? PeakAt { get; set; }
    public long PresentMilliseconds { get; set; }
    public long WatchedMilliseconds { get; set; }
    public long HiddenMilliseconds { get; set; }
    public int Users { get; set; }
    public int Guests { get; set; }
    public int Joins { get; set; }
    public long MedianStayMilliseconds { get; set; }
    public int Returning { get; set; }

    /// <summary>The moments as JSON. Bounded: ten of them.</summary>
    public string? Moments { get; set; }
}

/// <summary>One version of the settings of history; the highest is in force.</summary>
internal sealed class HistorySettingsRecord
{
    public int Version { get; init; }
    public int MinuteDays { get; init; }
    public int QuarterDays { get; init; }
    public int AttendanceDays { get; init; }
    public int BroadcastDays { get; init; }
    public int EventDays { get; init; }
    public required string Zone { get; init; }
    public long EmptyGapMilliseconds { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public required string UpdatedBy { get; init; }
    public string? Reason { get; init; }
}

/// <summary>The numbers of rooms, people and devices, given when first asked for.</summary>
/// <remarks>
/// Looked up each time, some microseconds: numbers kept in memory would outlive a row that retention deleted.
/// <para><b>Threads.</b> Its owner's, inside a write transaction.</para>
/// </remarks>
internal sealed class HistoryNumbers
{
    /// <summary>Of more devices than this, all others count as <see cref="SessionDevice.Other"/>.</summary>
    public const int MostDevices = 10_000;

    private readonly SqliteCommand _room;
    private readonly SqliteCommand _newRoom;
    private readonly SqliteCommand _person;
    private readonly SqliteCommand _newPerson;
    private readonly SqliteCommand _device;
    private readonly SqliteCommand _newDevice;
    private readonly SqliteCommand _devices;

    public HistoryNumbers(PreparedRows owner)
    {
        _room = owner.Prepare("""SELECT "No" FROM "HistoryRooms" WHERE "RoomId" = $1""", SqliteType.Text);
        _newRoom = owner.Prepare("""INSERT INTO "HistoryRooms" ("RoomId") VALUES ($1) RETURNING "No" """, SqliteType.Text);
        _person = owner.Prepare("""SELECT "No" FROM "HistoryPeople" WHERE "UserId" = $1""", SqliteType.Text);
        _newPerson = owner.Prepare(
            """
            INSERT INTO "HistoryPeople" ("UserId", "IsGuest", "FirstSeenAt", "LastSeenAt", "Visits", "WatchedMilliseconds")
            VALUES ($1, $2, $3, $3, 0, 0) RETURNING "No"
            """,
            SqliteType.Text, SqliteType.Integer, SqliteType.Integer);
        _device = owner.Prepare("""SELECT "No" FROM "HistoryDevices" WHERE "Name" = $1 AND "AppVersion" = $2""", SqliteType.Text, SqliteType.Text);
        _newDevice = owner.Prepare("""INSERT INTO "HistoryDevices" ("Name", "AppVersion") VALUES ($1, $2) RETURNING "No" """, SqliteType.Text, SqliteType.Text);
        _devices = owner.Prepare("""SELECT count(*) FROM "HistoryDevices" """);
    }

    /// <summary>A room's number; the network's for null.</summary>
    public long OfRoom(string? roomId) =>
        roomId is null ? HistoryTables.Network : PreparedRows.ReadNumber(_room, roomId) ?? PreparedRows.ReadNumber(_newRoom, roomId)!.Value;

    public long OfPerson(string userId, bool isGuest, long seenAt) =>
        PreparedRows.ReadNumber(_person, userId) ?? PreparedRows.ReadNumber(_newPerson, userId, isGuest ? 1L : 0L, seenAt)!.Value;

    /// <summary>A new number, for a visit without a name.</summary>
    public long OfNobody(bool isGuest, long seenAt) => PreparedRows.ReadNumber(_newPerson, null, isGuest ? 1L : 0L, seenAt)!.Value;

    public long OfDevice(SessionDevice device)
    {
        var (name, version) = (device.Name ?? "", device.AppVersion ?? "");
        if (PreparedRows.ReadNumber(_device, name, version) is { } known)
            return known;
        return device != SessionDevice.Other && PreparedRows.ReadNumber(_devices) >= MostDevices
            ? OfDevice(SessionDevice.Other)
            : PreparedRows.ReadNumber(_newDevice, name, version)!.Value;
    }
}

using System.Buffers.Binary;
using System.Numerics;
using Microsoft.Data.Sqlite;

namespace Presence.Engine.Storage;

/// <summary>
/// Reads SQLite's write-ahead log before SQLite does, which ends at the first frame that is not right and goes on without the
/// rest, without a word.
/// </summary>
/// <remarks>
/// A power cut tears the last transaction at most: each one before it was flushed before the next was written. A log that is
/// damaged in front of a whole transaction, or in its header, has lost something that was acknowledged.
/// <see href="https://www.sqlite.org/fileformat2.html#the_write_ahead_log"/>
/// <para><b>Cost.</b> One pass over the log, some milliseconds for its usual 4 MB; once, at start.</para>
/// </remarks>
internal static class WriteAheadLog
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint Magic = 0x377f0682; // one more means big-endian checksums
    private const uint Version = 3_007_000;

    /// <summary>Reads a log. A missing or empty log contains nothing, and a torn end loses nothing.</summary>
    public static LogContents Read(string path)
    {
        if (!File.Exists(path))
            return default;
        using var log = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 256 * 1024);
        Span<byte> header = stackalloc byte[HeaderBytes];
        if (log.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes || log.Length == HeaderBytes)
            return default; // only the header: interrupted before the first transaction

        var magic = Word(header, 0);
        var isBigEndian = (magic & 1) != 0;
        var pageSize = Word(header, 8);
        var sums = (0u, 0u);
        Add(ref sums, header[..24], isBigEndian);
        if ((magic & ~1u) != Magic || Word(header, 4) != Version || !BitOperations.IsPow2(pageSize) || pageSize is < 512 or > 65_536 || sums != (Word(header, 24), Word(header, 28)))
            return new LogContents { Damage = "its header is invalid" };

        return ReadFrames(log, new byte[FrameHeaderBytes + pageSize], header[16..24], sums, isBigEndian);
    }

    /// <summary>Names the log a file holds at the moment: the salts of its header, which change whenever it starts over. 0 where there is none.</summary>
    public static ulong SaltsOf(string path)
    {
        using var log = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
        Span<byte> salts = stackalloc byte[8];
        return RandomAccess.Read(log, salts, fileOffset: 16) == salts.Length ? BinaryPrimitives.ReadUInt64BigEndian(salts) : 0;
    }

    private static LogContents ReadFrames(FileStream log, byte[] frame, ReadOnlySpan<byte> salts, (uint, uint) sums, bool isBigEndian)
    {
        long? wrongAt = null;
        var isTorn = false;
        var commitsBehind = 0;
        long read = 0;
        long committed = 0;
        for (var at = log.Position; log.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; at = log.Position)
        {
            var isOfThisLog = frame.AsSpan(8, 8).SequenceEqual(salts); // later frames can belong to an older log
            if (wrongAt is null)
            {
                Add(ref sums, frame.AsSpan(0, 8), isBigEndian);
                Add(ref sums, frame.AsSpan(FrameHeaderBytes), isBigEndian);
                read++;
                if (!isOfThisLog || sums != (Word(frame, 16), Word(frame, 20)))
                    (wrongAt, isTorn) = (at, isOfThisLog);
                else if (Word(frame, 4) != 0)
                    committed = read;
            }
            if (wrongAt is not null && isOfThisLog && Word(frame, 4) != 0)
                commitsBehind++;
        }
        return new LogContents
        {
            Salts = BinaryPrimitives.ReadUInt64BigEndian(salts),
            Frames = committed,
            TornAt = isTorn ? wrongAt : null,
            // A single one can be the end of the interrupted transaction.
            Damage = wrongAt is not null && commitsBehind > 1 ? $"it is invalid from byte {wrongAt} on, with complete transactions after it" : null,
        };
    }

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]);

    private static void Add(ref (uint First, uint Second) sums, ReadOnlySpan<byte> bytes, bool isBigEndian)
    {
        var (first, second) = sums;
        for (var at = 0; at < bytes.Length; at += 8)
        {
            first += (isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..])) + second;
            second += (isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[(at + 4)..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..])) + first;
        }
        sums = (first, second);
    }
}

/// <summary>What a write-ahead log holds.</summary>
internal readonly record struct LogContents
{
    /// <summary>What is wrong with it, or null.</summary>
    public string? Damage { get; init; }

    /// <summary>Names the log; 0 for none.</summary>
    public ulong Salts { get; init; }

    /// <summary>How many pages its whole transactions have.</summary>
    public long Frames { get; init; }

    /// <summary>The first byte of a page that was written and is not right; null when there is none.</summary>
    public long? TornAt { get; init; }
}

/// <summary>The only code that moves the write-ahead log into the database file (see <see cref="WriteGate"/>).</summary>
public sealed class Checkpointer(PresenceDatabase database)
{
    /// <summary>The log's size from which it is worth emptying; a reader has at most this much to look through.</summary>
    public const long WorthEmptying = 4 * 1024 * 1024;

    /// <summary>A reader of an older state, a backup say, may take minutes, and writers wait at the gate for as long as a checkpoint waits for it.</summary>
    private const string PatienceWithReaders = "PRAGMA busy_timeout = 50";

    /// <summary>Empties the log when it has grown.</summary>
    /// <returns>False if it is still too large because a reader uses an older state. Try again later.</returns>
    public async Task<bool> CheckpointIfGrownAsync(CancellationToken cancellationToken) =>
        LogSize() < WorthEmptying || await CheckpointAsync(cancellationToken);

    /// <summary>Empties the log.</summary>
    /// <returns>False if a reader uses an older state. Everything else was moved.</returns>
    public async Task<bool> CheckpointAsync(CancellationToken cancellationToken)
    {
        using var connection = database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = PatienceWithReaders;
        command.ExecuteNonQuery();
        using var lease = await database.Gate.EnterAsync(cancellationToken);
        return Empty(connection);
    }

    /// <summary>Empties the log through a connection that holds the gate. False if a reader uses an older state.</summary>
    internal static bool Empty(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
        using var reader = command.ExecuteReader();
        return reader.Read() && reader.GetInt32(0) == 0;
    }

    internal long LogSize()
    {
        var log = new FileInfo(database.FilePath + "-wal");
        return log.Exists ? log.Length : 0;
    }
}

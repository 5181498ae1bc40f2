namespace Presence.Dashboard.Live;

/// <summary>
/// Slows a table down when much of it changes at once: a row costs about 250 bytes on the wire and no eye follows
/// eighty new rows a second, so every changed row buys a little quiet. Counts stay at the gate's full pace.
/// </summary>
internal sealed class RowPace(TimeProvider time)
{
    /// <summary>The quiet one changed row buys: 80 rows a second, about 20 KB.</summary>
    public static readonly TimeSpan QuietPerRow = TimeSpan.FromMilliseconds(12.5);

    private long _readAt;
    private TimeSpan _quiet = TimeSpan.Zero;

    /// <summary>Whether the rows may be read anew.</summary>
    public bool IsDue => time.GetElapsedTime(_readAt) >= _quiet;

    /// <summary>Rows were read and so many of them are new to the page.</summary>
    public void RecordRead(int changedRows)
    {
        _readAt = time.GetTimestamp();
        _quiet = changedRows * QuietPerRow;
    }

    /// <summary>The next read is due at once: the moderator asked for other rows.</summary>
    public void Reset() => _quiet = TimeSpan.Zero;
}

using Presence.Engine.Moderation;

namespace Presence.Dashboard.Live;

/// <summary>A removal while a moderator decides on it.</summary>
internal sealed record RemovalDraft
{
    public bool IsNetworkWide { get; set; }
    public RemovalLength Length { get; set; } = RemovalLength.FiveMinutes;
    public int? Number { get; set; } = 30;
    public RemovalUnit Unit { get; set; }
    public string Reason { get; set; } = "";

    /// <summary>For how long; null while a length of one's own is missing or out of range.</summary>
    public TimeSpan? Span
    {
        get
        {
            var span = Length switch
            {
                RemovalLength.FiveMinutes => TimeSpan.FromMinutes(5),
                RemovalLength.Hour => TimeSpan.FromHours(1),
                RemovalLength.Day => TimeSpan.FromDays(1),
                _ => (Number ?? 0) * UnitSpan,
            };
            return span > TimeSpan.Zero && span <= RemovalRules.Longest ? span : null;
        }
    }

    /// <summary>What the viewer is told; null when nothing was written.</summary>
    public string? ReasonOrNull => string.IsNullOrWhiteSpace(Reason) ? null : Reason.Trim();

    /// <summary>The largest number of the unit chosen.</summary>
    public int LargestNumber => (int)(RemovalRules.Longest / UnitSpan);

    private TimeSpan UnitSpan => Unit switch
    {
        RemovalUnit.Minutes => TimeSpan.FromMinutes(1),
        RemovalUnit.Hours => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };
}

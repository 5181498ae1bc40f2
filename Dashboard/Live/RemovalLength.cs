namespace Presence.Dashboard.Live;

/// <summary>How long a removal lasts, as the dialog offers it.</summary>
internal enum RemovalLength
{
    FiveMinutes,
    Hour,
    Day,

    /// <summary>A number of <see cref="RemovalUnit"/>.</summary>
    Custom,
}

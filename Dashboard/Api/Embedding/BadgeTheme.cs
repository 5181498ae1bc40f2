namespace Presence.Dashboard.Api.Embedding;

/// <summary>The colours of a badge.</summary>
internal enum BadgeTheme
{
    /// <summary>As the reader's system is set.</summary>
    Auto,

    /// <summary>For light pages.</summary>
    Light,

    /// <summary>For dark pages.</summary>
    Dark,
}

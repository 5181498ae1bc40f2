namespace Presence.Engine.Moderation;

/// <summary>What a moderator noted about a viewer, for all moderators. One with a flag puts the viewer on the watch list.</summary>
/// <param name="Id">Rises with each.</param>
/// <param name="UserId">The viewer.</param>
/// <param name="Text">The note; empty where the flag says it all.</param>
/// <param name="Flag">Why the viewer is watched for; null for a note alone.</param>
/// <param name="By">Who wrote it: a moderator's email or a server key's name.</param>
/// <param name="At">When.</param>
public sealed record ViewerNote(long Id, string UserId, string Text, ViewerFlag? Flag, string By, DateTimeOffset At)
{
    /// <summary>When it goes by itself; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Who changed it last; null when nobody did.</summary>
    public string? EditedBy { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? EditedAt { get; init; }

    /// <summary>Whether it is still shown.</summary>
    public bool IsKept(DateTimeOffset now) => ExpiresAt is not { } end || end > now;
}

/// <summary>Why a viewer is on the watch list. The numbers are stored.</summary>
public enum ViewerFlag : byte
{
    /// <summary>To be welcomed.</summary>
    Vip = 1,

    /// <summary>To be kept an eye on.</summary>
    Trouble = 2,

    /// <summary>Expected on the stage.</summary>
    Speaker = 3,
}

/// <summary>What somebody wants to note.</summary>
/// <param name="Text">The note; may be empty with a flag.</param>
/// <param name="Flag">Puts the viewer on the watch list.</param>
/// <param name="ExpiresAt">When it goes by itself.</param>
public sealed record NoteDraft(string Text, ViewerFlag? Flag = null, DateTimeOffset? ExpiresAt = null);

/// <summary>Which notes are valid. Pure.</summary>
public static class NoteRules
{
    /// <summary>The longest text, in characters.</summary>
    public const int LongestText = 500;

    /// <summary>Notes on one viewer.</summary>
    public const int MostOfViewer = 20;

    /// <summary>Notes on all viewers.</summary>
    public const int Most = 10_000;

    /// <summary>Notes with a flag: the watch list.</summary>
    public const int MostFlagged = 1_000;

    /// <summary>The longest a note with an end is kept.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(3_660);

    /// <summary>What is wrong with it, or null.</summary>
    public static string? ProblemOf(NoteDraft draft, DateTimeOffset now)
    {
        if (draft.Text.Length > LongestText || draft.Text.Any(letter => char.IsControl(letter) && letter != '\n'))
            return $"text can have at most {LongestText} characters, and no control characters but line breaks.";
        if (string.IsNullOrWhiteSpace(draft.Text) && draft.Flag is null)
            return "text is missing. It can be empty only with a flag.";
        return draft.ExpiresAt is { } end && (end <= now || end > now + Longest)
            ? $"expiresAt must be in the future and at most {Longest.TotalDays:0} days away. Leave it out to keep the note until it is deleted."
            : null;
    }

    /// <summary>Of several notes on one viewer the flag that is shown: who makes trouble first, then who is expected.</summary>
    public static ViewerFlag? FlagOf(IReadOnlyList<ViewerNote> notes)
    {
        ViewerFlag? shown = null;
        foreach (var note in notes)
        {
            if (note.Flag is { } flag && (shown is null || RankOf(flag) < RankOf(shown.Value)))
                shown = flag;
        }
        return shown;
    }

    private static int RankOf(ViewerFlag flag) => flag switch { ViewerFlag.Trouble => 0, ViewerFlag.Speaker => 1, _ => 2 };
}

/// <summary>A note is another moderator's, and not for this one to change.</summary>
public sealed class NoteOfAnotherException(string by) : Exception($"This note is by {by}. Its author or an Admin can change it.")
{
    /// <summary>The author.</summary>
    public string By => by;
}

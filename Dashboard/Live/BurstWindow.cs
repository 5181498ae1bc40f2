namespace Presence.Dashboard.Live;

/// <summary>Folds many joins or leaves within ten seconds into one number, "+312 in 10 s".</summary>
internal sealed class BurstWindow
{
    private readonly SlidingWindow<int> _viewers = new();

    /// <summary>Notes a count; how it moved within the window if that is a burst, else null.</summary>
    public int? Note(TimeSpan at, int viewers)
    {
        var change = viewers - _viewers.Note(at, viewers);
        return IsBurst(change, viewers) ? change : null;
    }

    /// <summary>Worth a word: twenty people, and a tenth of those there.</summary>
    public static bool IsBurst(int change, int viewers) => Math.Abs((long)change) >= Math.Max(20, viewers / 10);
}

using MudBlazor;

namespace Presence.Dashboard.Live;

/// <summary>One sentence about what was just done, and the way back.</summary>
/// <param name="Text">What was done.</param>
/// <param name="Severity">Success, or Error for what was not.</param>
/// <param name="Undo">What takes it back. Null if nothing does.</param>
internal sealed record Notice(string Text, Severity Severity, Func<Task>? Undo)
{
    /// <summary>Where it leads. Null for nowhere.</summary>
    public string? Href { get; init; }
}

/// <summary>What one browser tab was told lately: three sentences at most, ten seconds each.</summary>
internal sealed class NoticeBoard(TimeProvider time) : IDisposable
{
    public const int Most = 3;

    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly List<(Notice Notice, ITimer End)> _shown = [];

    /// <summary>Something came or went. Raised on any thread.</summary>
    public event EventHandler? Changed;

    public IReadOnlyList<Notice> Shown
    {
        get
        {
            lock (_lock)
                return [.. _shown.Select(shown => shown.Notice)];
        }
    }

    public void Say(string text, Func<Task>? undo = null, Severity severity = Severity.Success) => Say(new Notice(text, severity, undo));

    public void Say(Notice notice)
    {
        lock (_lock)
        {
            if (_shown.Count == Most)
                RemoveNeedsLock(0);
            _shown.Add((notice, time.CreateTimer(_ => Take(notice), null, Lifetime, Timeout.InfiniteTimeSpan)));
        }
        Changed?.Invoke(this, EventArgs.Empty);
    }

    public void Take(Notice notice)
    {
        lock (_lock)
        {
            var index = _shown.FindIndex(shown => ReferenceEquals(shown.Notice, notice));
            if (index < 0)
                return;
            RemoveNeedsLock(index);
        }
        Changed?.Invoke(this, EventArgs.Empty);
    }

    /// <summary>Takes back what was done, once.</summary>
    public Task UndoAsync(Notice notice)
    {
        var isShown = Shown.Contains(notice);
        Take(notice);
        return isShown && notice.Undo is { } undo ? undo() : Task.CompletedTask;
    }

    public void Dispose()
    {
        lock (_lock)
        {
            while (_shown.Count > 0)
                RemoveNeedsLock(0);
        }
    }

    private void RemoveNeedsLock(int index)
    {
        _shown[index].End.Dispose();
        _shown.RemoveAt(index);
    }
}

namespace Presence.Dashboard.Simulation;

/// <summary>
/// Numbers of users. One who went is used again once the server has forgotten it, so that nobody is counted twice; bounded by
/// the viewers, and those who went during one presence timeout.
/// </summary>
internal sealed class CrowdUsers(TimeProvider time)
{
    /// <summary>How far back somebody may look who compares counts.</summary>
    private static readonly TimeSpan LooksBack = TimeSpan.FromSeconds(30);

    private readonly List<CrowdMember> _gone = [];
    private readonly Queue<int> _free = new();
    private int _last;

    /// <summary>Those who went and may be counted yet.</summary>
    public IEnumerable<CrowdMember> Gone => _gone;

    public int Next()
    {
        if (_free.Count == 0)
            Forget();
        return _free.TryDequeue(out var user) ? user : ++_last;
    }

    public void Release(CrowdMember member) => _gone.Add(member);

    private void Forget()
    {
        var before = time.GetTimestamp() - (long)(LooksBack.TotalSeconds * time.TimestampFrequency);
        foreach (var member in _gone.Where(member => member.Promised.IsOver(before)))
            _free.Enqueue(member.User);
        _gone.RemoveAll(member => member.Promised.IsOver(before));
    }
}

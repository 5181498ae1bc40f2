using Presence.Engine;

namespace Presence.Dashboard.Live;

/// <summary>
/// Counts, for all circuits together, how many sessions answer to the settings in force. Each count looks at every session,
/// so it is made once a second at most, and more rarely the longer it takes: it never costs more than a twentieth of a core.
/// </summary>
internal sealed class SettingsAdoption(PresenceEngine engine, TimeProvider time)
{
    private const int ShareOfACore = 20;
    private static readonly TimeSpan ShortestAge = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private AdoptionReading? _latest;
    private long _countedAt;
    private TimeSpan _took;

    public AdoptionReading Read()
    {
        lock (_lock)
        {
            var version = engine.Settings.Version;
            var began = time.GetTimestamp();
            var pause = _took * ShareOfACore;
            if (_latest is { } latest && latest.Version == version && time.GetElapsedTime(_countedAt, began) < (pause > ShortestAge ? pause : ShortestAge))
                return latest;

            _latest = new AdoptionReading(version, engine.SessionsAnswering(version), engine.SessionsAnswering(0), engine.CountNetwork().Sessions);
            _countedAt = time.GetTimestamp();
            _took = time.GetElapsedTime(began, _countedAt);
            return _latest;
        }
    }
}

using Presence.Dashboard.Authentication.Accounts;
using Presence.Engine;
using Presence.Engine.Changes;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>The presence settings as a moderator reads and changes them; the role is checked here, whatever the page shows.</summary>
internal sealed class SettingsAdministration(PresenceEngine engine, SettingsStore store, SettingsAdoption adoption, ModeratorGuard guard)
{
    private const int ShownHistory = 50;

    private IReadOnlyList<SettingsHistoryEntry> _history = [];
    private int _historyOf = -1;

    /// <summary>The settings in force, the latest changes, and what they mean to those who are present.</summary>
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async ValueTask<SettingsReading> ReadAsync(CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Observer);
        var mayChange = await guard.HoldsAsync(ModeratorRole.Moderator);
        var inForce = engine.Settings;
        if (_historyOf != inForce.Version)
        {
            // Only then: a page reads four times a second, and somebody saves now and then.
            _history = await store.HistoryAsync(ShownHistory, cancellationToken);
            _historyOf = inForce.Version;
        }
        return new SettingsReading
        {
            InForce = inForce,
            History = _history,
            Network = engine.CountNetwork(),
            Adoption = adoption.Read(),
            IsWarming = engine.IsWarming,
            MayChange = mayChange,
        };
    }

    /// <summary>Signals when the presence or the settings of anybody changed.</summary>
    public DirtyWatch Watch() => engine.WatchNetwork();

    /// <summary>How many would leave if presence were switched off now.</summary>
    public int ViewersNow => engine.CountNetwork().Viewers;

    /// <summary>Saves, in the moderator's name.</summary>
    /// <param name="wanted">The settings; its version is the one they were decided on.</param>
    /// <param name="reason">Why; null when nothing was said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="SettingsRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="SettingsConflictException">Somebody saved meanwhile. Nothing was changed.</exception>
    public async Task<PresenceSettings> SaveAsync(PresenceSettings wanted, string? reason, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        return await store.ChangeAsync(
            new SettingsChange
            {
                Enabled = wanted.Enabled,
                HeartbeatInterval = wanted.HeartbeatInterval,
                PresenceTimeout = wanted.PresenceTimeout,
                ListLimit = wanted.ListLimit,
                Reason = reason,
                By = moderator.Email,
                ExpectedVersion = wanted.Version,
            },
            cancellationToken);
    }
}

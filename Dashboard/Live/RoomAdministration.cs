using Presence.Dashboard.Authentication.Accounts;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>What is special about a room as a moderator reads and changes it, as the API does; the role is checked here.</summary>
internal sealed class RoomAdministration(PresenceEngine engine, RoomStore rooms, ModeratorGuard guard)
{
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<DefinedRoom> ReadAsync(string roomId, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Observer);
        return await rooms.FindAsync(roomId, cancellationToken);
    }

    /// <summary>What the catalogue says of the room now, to notice that somebody saved.</summary>
    public RoomDefinition Current(string roomId) => engine.Definition(roomId);

    /// <summary>What would be in force with this definition.</summary>
    public EffectiveSettings Effective(RoomDefinition definition) => EffectiveSettings.Resolve(engine.Settings, definition.Overrides);

    /// <summary>How many would leave if the room were closed now.</summary>
    public int ViewersNow(string roomId) => engine.Count(roomId).Viewers;

    /// <summary>Saves, in the moderator's name.</summary>
    /// <param name="room">The room as it was when this was decided.</param>
    /// <param name="definition">All that is special about it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="SettingsRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="RoomConflictException">Somebody saved meanwhile. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The catalogue is full. Nothing was changed.</exception>
    public async Task<DefinedRoom> SaveAsync(DefinedRoom room, RoomDefinition definition, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        return await rooms.DefineAsync(room.RoomId, definition, moderator.Email, room.Version, cancellationToken);
    }
}

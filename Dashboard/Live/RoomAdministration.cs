using Presence.Dashboard.Accounts;
using Presence.Dashboard.Display;
using Presence.Engine;
using Presence.Engine.Rooms;
using Presence.Engine.Settings;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Live;

/// <summary>What is special about a room as a moderator reads and changes it, as the API does; the role is checked here.</summary>
internal sealed class RoomAdministration(RoomStore rooms, ModeratorGuard guard, NoticeBoard notices)
{
    /// <exception cref="AccessRefusedException">Not an Observer of the room.</exception>
    public async Task<DefinedRoom> ReadAsync(string roomId, CancellationToken cancellationToken)
    {
        await guard.RequireAsync(ModeratorRole.Observer, roomId);
        return await rooms.FindAsync(roomId, cancellationToken);
    }

    /// <summary>Saves, in the moderator's name, says so, and offers the way back.</summary>
    /// <param name="room">The room as it was when this was decided.</param>
    /// <param name="definition">All that is special about it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not a Moderator of the room. Nothing was changed.</exception>
    /// <exception cref="SettingsRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="RoomConflictException">It was saved in the meantime. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The catalogue is full. Nothing was changed.</exception>
    public async Task<DefinedRoom> SaveAsync(DefinedRoom room, RoomDefinition definition, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, room.RoomId);
        var saved = await rooms.DefineAsync(room.RoomId, definition, moderator.Actor, room.Version, cancellationToken);
        var name = VisibleText.Isolated(VisibleText.NameOf(definition.Title) ?? VisibleText.IdOf(room.RoomId));
        notices.Say(
            Sentence.With(definition.Overrides == RoomOverrides.None && room.Definition.Overrides != RoomOverrides.None ? RoomTexts.WasReset : RoomTexts.Saved, name),
            () => SaveAsync(saved, room.Definition, CancellationToken.None));
        return saved;
    }
}

/// <summary>What holds in rooms by the beginning of their id, as a moderator reads and changes it; the role is checked here.</summary>
internal sealed class RoomPrefixAdministration(IPresence presence, RoomPrefixStore prefixes, ModeratorGuard guard, NoticeBoard notices)
{
    /// <summary>How many live rooms begin with a prefix.</summary>
    public async ValueTask<int> CountRoomsAsync(string prefix, CancellationToken cancellationToken) =>
        (await presence.ListRoomsAsync(new RoomQuery { Prefix = prefix, Limit = 1 }, cancellationToken)).Matching;

    /// <summary>Saves, or deletes with <see cref="RoomOverrides.None"/>, in the moderator's name, says so, and offers the way back.</summary>
    /// <param name="prefix">The prefix as it was when this was decided.</param>
    /// <param name="overrides">All that holds in its rooms.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="SettingsRefusedException">Against the rules. Nothing was changed.</exception>
    /// <exception cref="RoomPrefixConflictException">It was saved in the meantime. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">There are as many as there can be. Nothing was changed.</exception>
    public async Task<RoomPrefix> SaveAsync(RoomPrefix prefix, RoomOverrides overrides, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator);
        var saved = await prefixes.DefineAsync(prefix.Prefix, overrides, moderator.Actor, prefix.Version, cancellationToken);
        notices.Say(
            Sentence.With(overrides == RoomOverrides.None ? SettingsTexts.PrefixDeleted : RoomTexts.Saved, VisibleText.Isolated($"{prefix.Prefix}*")),
            () => SaveAsync(saved, prefix.Overrides, CancellationToken.None));
        return saved;
    }
}

/// <summary>What is special about a room while a moderator edits it: seconds, and an empty field follows the network.</summary>
public sealed record RoomDraft
{
    public string Title { get; set; } = "";
    public bool IsEnded { get; set; }
    public bool IsOff { get; set; }
    public int? HeartbeatIntervalSeconds { get; set; }
    public int? PresenceTimeoutSeconds { get; set; }

    public static RoomDraft Of(RoomDefinition definition) => new()
    {
        Title = definition.Title ?? "",
        IsEnded = definition.Status == RoomStatus.Ended,
        IsOff = definition.Overrides.Enabled == false,
        HeartbeatIntervalSeconds = Seconds(definition.Overrides.HeartbeatInterval),
        PresenceTimeoutSeconds = Seconds(definition.Overrides.PresenceTimeout),
    };

    /// <summary>The definition with the typed values. Untouched values stay as they were, including fractions of seconds.</summary>
    public RoomDefinition On(RoomDefinition definition)
    {
        var overrides = definition.Overrides;
        return definition with
        {
            Title = string.IsNullOrWhiteSpace(Title) ? null : Title.Trim(),
            Status = IsEnded ? RoomStatus.Ended : RoomStatus.Live,
            Overrides = new RoomOverrides
            {
                Enabled = IsOff ? false : overrides.Enabled == false ? null : overrides.Enabled,
                HeartbeatInterval = Kept(overrides.HeartbeatInterval, HeartbeatIntervalSeconds),
                PresenceTimeout = Kept(overrides.PresenceTimeout, PresenceTimeoutSeconds),
            },
        };
    }

    /// <summary>The values saved by others, combined with those typed here: an untouched field takes theirs.</summary>
    /// <param name="before">What was known of the room when this was typed.</param>
    /// <param name="theirs">What is known of it now.</param>
    public RoomDraft Onto(RoomDefinition before, RoomDefinition theirs)
    {
        var (was, now) = (Of(before), Of(theirs));
        return new RoomDraft
        {
            Title = Typed.Or(Title, was.Title, now.Title),
            IsEnded = Typed.Or(IsEnded, was.IsEnded, now.IsEnded),
            IsOff = Typed.Or(IsOff, was.IsOff, now.IsOff),
            HeartbeatIntervalSeconds = Typed.Or(HeartbeatIntervalSeconds, was.HeartbeatIntervalSeconds, now.HeartbeatIntervalSeconds),
            PresenceTimeoutSeconds = Typed.Or(PresenceTimeoutSeconds, was.PresenceTimeoutSeconds, now.PresenceTimeoutSeconds),
        };
    }

    private static TimeSpan? Kept(TimeSpan? current, int? seconds) =>
        Seconds(current) == seconds ? current : seconds is { } value ? TimeSpan.FromSeconds(value) : null;

    private static int? Seconds(TimeSpan? span) => span is { } value ? (int)Math.Ceiling(value.TotalSeconds) : null;
}

/// <summary>A room's form somebody has typed in.</summary>
/// <param name="RoomId">The room.</param>
/// <param name="DecidedOn">What was known of it.</param>
/// <param name="Draft">What was typed.</param>
public sealed record TypedRoom(string RoomId, RoomDefinition DecidedOn, RoomDraft Draft);

/// <summary>Public links as moderators read and change them; the role is checked here, whatever the page shows.</summary>
internal sealed class PublicLinkAdministration(PublicLinkStore links, ModeratorGuard guard)
{
    /// <exception cref="AccessRefusedException">Not an Observer.</exception>
    public async Task<PublicLinkViewModel> ReadAsync(string roomId)
    {
        await guard.RequireAsync(ModeratorRole.Observer, roomId);
        return new PublicLinkViewModel(links.FindOfRoom(roomId), await guard.HoldsAsync(ModeratorRole.Moderator, roomId));
    }

    /// <summary>Makes a new link, in the moderator's name; the one before leads nowhere from then on.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    /// <exception cref="StoreFullException">The cap is reached. Nothing was changed.</exception>
    public async Task<PublicLink> MakeAsync(string roomId, bool showsNames, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        return await links.MakeAsync(roomId, showsNames, moderator.Actor, cancellationToken);
    }

    /// <summary>Says whether the link shows names; it stays the same.</summary>
    /// <inheritdoc cref="MakeAsync" path="/exception"/>
    public async Task<PublicLink> ShowNamesAsync(string roomId, bool showsNames, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        return await links.SetAsync(roomId, showsNames, moderator.Actor, cancellationToken);
    }

    /// <summary>Takes the link back.</summary>
    /// <exception cref="AccessRefusedException">Not a Moderator. Nothing was changed.</exception>
    public async Task RevokeAsync(string roomId, CancellationToken cancellationToken)
    {
        var moderator = await guard.RequireAsync(ModeratorRole.Moderator, roomId);
        await links.RevokeAsync(roomId, moderator.Actor, cancellationToken);
    }
}

/// <summary>A room's public link as one moderator sees it.</summary>
/// <param name="Link">The link; null while the room has none.</param>
/// <param name="MayChange">Whether this moderator may make one or take it back.</param>
internal sealed record PublicLinkViewModel(PublicLink? Link, bool MayChange);

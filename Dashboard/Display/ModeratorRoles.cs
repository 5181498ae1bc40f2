using Presence.Dashboard.Accounts;
using Presence.Engine;
using Presence.Engine.Rooms;

namespace Presence.Dashboard.Display;

/// <summary>Words a <see cref="ModeratorRole"/>, and where it holds.</summary>
internal static class ModeratorRoles
{
    public static readonly IReadOnlyList<ModeratorRole> All = Enum.GetValues<ModeratorRole>();

    public static string Text(ModeratorRole? role) => role switch
    {
        ModeratorRole.Observer => PeopleTexts.Observer,
        ModeratorRole.Moderator => PeopleTexts.Moderator,
        ModeratorRole.Admin => PeopleTexts.Admin,
        _ => PeopleTexts.NoRole,
    };

    /// <summary>"Moderator in class-*, lounge · Observer elsewhere".</summary>
    public static string Text(ModeratorAccess access) => access.Rooms is not { } rooms
        ? Text(access.Role)
        : Sentence.With(access.ObservesElsewhere ? PeopleTexts.InRoomsObserver : PeopleTexts.InRooms, Text(access.Role), Text(rooms));

    /// <summary>The names of a set, as many as fit a line.</summary>
    public static string Text(RoomSet rooms)
    {
        const int Shown = 5;
        var names = string.Join(", ", rooms.Names.Take(Shown).Select(VisibleText.IdOf));
        return rooms.Names.Count > Shown ? Sentence.With(PeopleTexts.MoreRooms, names, rooms.Names.Count - Shown) : names;
    }

    public static string Explanation(ModeratorRole role) => role switch
    {
        ModeratorRole.Observer => PeopleTexts.ObserverMay,
        ModeratorRole.Moderator => PeopleTexts.ModeratorMay,
        _ => PeopleTexts.AdminMay,
    };
}

/// <summary>What an account may do, while an Admin decides it.</summary>
public sealed class AccessDraft
{
    /// <summary>As many names as there may be, each as long as it may be, with the lines' ends.</summary>
    public const int LongestText = RoomSet.Most * (PresenceIds.LongestRoomId + 2);

    public ModeratorRole Role { get; set; } = ModeratorRole.Moderator;

    /// <summary>Whether it is for some rooms alone.</summary>
    public bool IsOfSome { get; set; }

    /// <summary>Their names, one a line.</summary>
    public string Rooms { get; set; } = "";

    public bool ObservesElsewhere { get; set; }

    /// <summary>What is wrong with the rooms; null while nothing is, and before any is written.</summary>
    public string? Problem => IsOfSomeRooms && Names.Length > 0 ? RoomSet.ProblemOf(Names) : null;

    /// <summary>What was decided; null while it can't be.</summary>
    public ModeratorAccess? Value => !IsOfSomeRooms
        ? new ModeratorAccess(Role)
        : Names.Length > 0 && Problem is null ? ModeratorAccess.Of(Role, RoomSet.Of(Names), ObservesElsewhere && Role == ModeratorRole.Moderator) : null;

    private bool IsOfSomeRooms => IsOfSome && Role != ModeratorRole.Admin;

    private string[] Names => [.. Rooms.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(PresenceComparers.RoomId)];

    public static AccessDraft Of(ModeratorAccess access) => new()
    {
        Role = access.Role ?? ModeratorRole.Observer,
        IsOfSome = access.Rooms is not null,
        Rooms = access.Rooms?.ToString() ?? "",
        ObservesElsewhere = access.ObservesElsewhere,
    };
}

namespace Presence.Dashboard.Api.Description;

/// <summary>The chapters of the description, in reading order.</summary>
internal static class RouteGroups
{
    public const string Sessions = "Sessions";
    public const string Rooms = "Room presence";
    public const string Users = "Users";
    public const string UserPresence = "User presence";
    public const string Settings = "Settings";
    public const string Administration = "Administration";
    public const string Embedding = "Embedding";
    public const string Operation = "Operation";

    public static readonly IReadOnlyList<(string Name, string Text)> All =
    [
        (Sessions, "Logging viewers in and out."),
        (Rooms, "Heartbeats of viewers, and who is watching a room. Reading never counts."),
        (Users, "Profiles of users."),
        (UserPresence, "Who is online in the network, and in channels of users. Apart from rooms: a heartbeat in one is none in the other."),
        (Settings, "Whether presence is on, how often heartbeats are asked for and how long they count."),
        (Administration, "What your backend looks after: rooms, removals, users, keys. Members a document does not have are refused."),
        (Embedding, "What other sites put on their pages: a room's count through its public link, and the scripts of the client."),
        (Operation, "Whether the server runs and what it measures."),
    ];
}

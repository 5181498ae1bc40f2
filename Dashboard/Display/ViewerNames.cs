using Presence.Engine.Rooms;
using Presence.Engine.Users;

namespace Presence.Dashboard.Display;

/// <summary>What a viewer is called.</summary>
internal static class ViewerNames
{
    public static string Of(Viewer viewer) => Of(viewer.Profile, viewer.IsGuest, viewer.UserId);

    public static string Of(UserProfile? profile, bool isGuest, string userId) => profile?.DisplayName ?? (isGuest ? ViewerTexts.Guest : userId);
}

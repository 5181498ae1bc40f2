using Presence.Dashboard.Api.Contracts;
using Presence.Dashboard.Authentication;
using Presence.Engine;

namespace Presence.Dashboard.Api;

/// <summary>What a login may say. Pure: the first problem, or null.</summary>
internal static class LoginRules
{
    public const int LongestKind = 100;
    public const int LongestModel = 300;
    public const int LongestSdkVersion = 30;

    public static string? ProblemOf(LoginRequest login) =>
        ProblemOfUserId(login.UserId) ?? UserRules.ProblemOfDisplayName("displayName", login.DisplayName) ?? ProblemOfDevice(login.DeviceId, login.DeviceInfo);

    public static string? ProblemOf(VisitorRequest visitor) => ProblemOfDevice(visitor.DeviceId, visitor.DeviceInfo);

    /// <summary>The rules for an id that somebody signs in with or is vouched for under.</summary>
    public static string? ProblemOfUserId(string? userId) => UserRules.ProblemOfUserId("userId", userId);

    private static string? ProblemOfDevice(string? deviceId, DeviceDescription? device)
    {
        if (deviceId is null)
            return "deviceId is missing; it names this client instance, 1 to 150 characters.";
        if (PresenceIds.ProblemOfSessionId(deviceId) is { } problem)
            return problem.Replace("sessionId", "deviceId", StringComparison.Ordinal);
        return TooLong("deviceInfo.kind", device?.Kind, LongestKind)
            ?? TooLong("deviceInfo.model", device?.Model, LongestModel)
            ?? TooLong("deviceInfo.sdkVersion", device?.SdkVersion, LongestSdkVersion);
    }

    private static string? TooLong(string field, string? text, int longest) =>
        text?.Length > longest ? $"{field} may have {longest} characters; it has {text.Length}." : null;
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Presence.Client.Server;

namespace Presence.Client.Http;

/// <summary>Every document of the wire, read and written without reflection: the library may be trimmed and compiled ahead of time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(ViewerStateConverter)])]
[JsonSerializable(typeof(ErrorAnswer))]
[JsonSerializable(typeof(HeartbeatAnswer))]
[JsonSerializable(typeof(HeartbeatBody))]
[JsonSerializable(typeof(PresenceSettingsAnswer))]
[JsonSerializable(typeof(UserSwitch))]
[JsonSerializable(typeof(PresencesAnswer))]
[JsonSerializable(typeof(ViewersAnswer))]
[JsonSerializable(typeof(RoomCount))]
[JsonSerializable(typeof(StageInvitation))]
[JsonSerializable(typeof(LoginBody))]
[JsonSerializable(typeof(LoginAnswer))]
[JsonSerializable(typeof(HeartbeatsBody))]
[JsonSerializable(typeof(HeartbeatsAnswer))]
[JsonSerializable(typeof(RemovalBody))]
[JsonSerializable(typeof(Removal))]
[JsonSerializable(typeof(RemovalsAnswer))]
[JsonSerializable(typeof(BansAnswer))]
[JsonSerializable(typeof(RoomsAnswer))]
[JsonSerializable(typeof(RoomDefinitionDocument))]
[JsonSerializable(typeof(NetworkSettingsDocument))]
[JsonSerializable(typeof(VouchBody))]
internal sealed partial class PresenceJson : JsonSerializerContext;

/// <summary>What every refusal of the server looks like.</summary>
internal sealed class ErrorAnswer
{
    public int? Code { get; init; }
    public string? Message { get; init; }
    public Particulars? Data { get; init; }

    internal sealed class Particulars
    {
        public DateTimeOffset? Until { get; init; }
        public string? Reason { get; init; }
        public List<string>? RoomIds { get; init; }
    }
}

/// <summary>What a heartbeat is answered with.</summary>
internal sealed class HeartbeatAnswer
{
    public double? HeartbeatIntervalSeconds { get; init; }
    public double? PresenceTimeoutSeconds { get; init; }
    public double? NextHeartbeatInSeconds { get; init; }
    public int? SettingsVersion { get; init; }
    public int? Count { get; init; }
    public StageInvitation? Invitation { get; init; }
    public bool HandRaised { get; init; }

    /// <summary>An answer without a pace comes from something in between, such as a hotel's sign-in page: the heartbeat was not taken.</summary>
    /// <exception cref="PresenceException">It is such an answer.</exception>
    public static HeartbeatReceipt ToReceipt(HeartbeatAnswer answer) => answer.NextHeartbeatInSeconds is > 0 and < 86_400 and var next
        ? new HeartbeatReceipt
        {
            NextHeartbeatIn = TimeSpan.FromSeconds(next),
            HeartbeatInterval = TimeSpan.FromSeconds(answer.HeartbeatIntervalSeconds is > 0 and < 86_400 and var interval ? interval : next),
            PresenceTimeout = answer.PresenceTimeoutSeconds is > 0 and < 86_400 and var timeout ? TimeSpan.FromSeconds(timeout) : null,
            SettingsVersion = answer.SettingsVersion,
            Count = answer.Count,
            Invitation = answer.Invitation,
            IsHandRaised = answer.HandRaised,
        }
        : throw PresenceException.NotOfThisServer();
}

/// <summary>What a room's heartbeat says.</summary>
internal sealed class HeartbeatBody
{
    public string? SessionId { get; init; }
    public ViewerState State { get; init; }
    public string? Device { get; init; }
    public string? AppVersion { get; init; }
    public bool? Listed { get; init; }
    public int? SettingsVersion { get; init; }
    public bool? HandRaised { get; init; }
}

/// <summary>What a login is answered with, as far as it is used.</summary>
internal sealed class LoginAnswer
{
    public string? AccessToken { get; init; }
}

/// <summary>Who signs in.</summary>
internal sealed class LoginBody
{
    public string? UserId { get; init; }
    public string? DeviceId { get; init; }
    public string? DisplayName { get; init; }
    public string? AuthToken { get; init; }
}

/// <summary>What the server tells clients of its settings, also while presence is off.</summary>
internal sealed class PresenceSettingsAnswer
{
    public const string Path = "/api/v1/presence/settings";

    public UserPart? User { get; init; }
    public NetworkPart? Network { get; init; }

    internal sealed class UserPart
    {
        public bool Enabled { get; init; }
    }

    internal sealed class NetworkPart
    {
        public double HeartbeatInterval { get; init; }
    }
}

/// <summary>A user's own switch, as it is sent.</summary>
internal sealed class UserSwitch
{
    public bool Enabled { get; init; }
}

/// <summary>Users, and when they were last online.</summary>
internal sealed class PresencesAnswer
{
    public List<PresencePart>? Presences { get; init; }

    internal sealed class PresencePart
    {
        public string? UserId { get; init; }
        public DateTimeOffset? LastHeartbeat { get; init; }
    }
}

/// <summary>A page of viewers.</summary>
internal sealed class ViewersAnswer
{
    public List<RoomViewer>? Viewers { get; init; }
}

/// <summary>How states are spelt on the wire.</summary>
internal static class ViewerStates
{
    public static string Text(ViewerState state) => state switch
    {
        ViewerState.Hidden => "hidden",
        ViewerState.Paused => "paused",
        _ => "visible",
    };

    /// <summary>A state of a later server is one that is seen.</summary>
    public static ViewerState Of(string? text) => text switch
    {
        "hidden" => ViewerState.Hidden,
        "paused" => ViewerState.Paused,
        _ => ViewerState.Visible,
    };
}

/// <summary>States as words of the wire.</summary>
internal sealed class ViewerStateConverter : JsonConverter<ViewerState>
{
    public override ViewerState Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => ViewerStates.Of(reader.GetString());

    public override void Write(Utf8JsonWriter writer, ViewerState value, JsonSerializerOptions options) => writer.WriteStringValue(ViewerStates.Text(value));
}

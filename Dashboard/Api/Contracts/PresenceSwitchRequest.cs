using System.ComponentModel.DataAnnotations;

namespace Presence.Dashboard.Api.Contracts;

/// <summary>A user's own presence switch, as it shall be.</summary>
/// <param name="Enabled">Whether the user is listed as online where it is.</param>
/// <example>{"enabled":false}</example>
internal sealed record PresenceSwitchRequest([property: Required] bool? Enabled);

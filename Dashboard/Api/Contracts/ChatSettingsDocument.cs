namespace Presence.Dashboard.Api.Contracts;

/// <summary>Settings of a chat this server does not have; published clients ask for them while they log in.</summary>
/// <param name="MessagePreview">Always off.</param>
/// <example>{"messagePreview":{"enabled":false,"isIncludeDeleted":false}}</example>
internal sealed record ChatSettingsDocument(ChatSettingsDocument.Preview MessagePreview)
{
    /// <summary>Whether messages are shown before they are opened.</summary>
    /// <param name="Enabled">Always false.</param>
    /// <param name="IsIncludeDeleted">Always false.</param>
    internal sealed record Preview(bool Enabled, bool IsIncludeDeleted);
}

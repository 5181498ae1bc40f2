namespace Presence.Dashboard.Api.Contracts;

/// <summary>Settings of a chat this server does not have; published clients ask for them while they log in.</summary>
internal sealed record ChatSettingsDocument(ChatSettingsDocument.Preview MessagePreview)
{
    internal sealed record Preview(bool Enabled, bool IsIncludeDeleted);
}

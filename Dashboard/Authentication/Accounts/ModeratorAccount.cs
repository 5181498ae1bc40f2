using Microsoft.AspNetCore.Identity;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>The account of someone who may sign in to the dashboard. The user name is the email.</summary>
internal sealed class ModeratorAccount : IdentityUser;

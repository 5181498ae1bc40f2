using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.AspNetCore.Identity;

namespace Presence.Dashboard.Authentication.Accounts;

/// <summary>The account of someone who may sign in to the dashboard. The user name is the email.</summary>
internal sealed class ModeratorAccount : IdentityUser
{
    /// <summary>Whether an Admin took its access away; everything else about it stays, for the day it is given back.</summary>
    public bool IsDisabled { get; set; }

    /// <summary>What whoever invited calls its owner, for the rules of its first password; not stored.</summary>
    [NotMapped]
    public string? Name { get; set; }

    /// <summary>When a page was last open in its name, at most a minute behind (<see cref="LastSeen"/>).</summary>
    public DateTimeOffset? LastSeenAt { get; set; }
}

using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Presence.Dashboard.Accounts.Migrations
{
    /// <inheritdoc />
    public partial class RolesByRooms : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<bool>(
                name: "ObservesElsewhere",
                table: "Invitations",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Rooms",
                table: "Invitations",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "ObservesElsewhere",
                table: "AspNetUsers",
                type: "INTEGER",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<string>(
                name: "Rooms",
                table: "AspNetUsers",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "ObservesElsewhere",
                table: "Invitations");

            migrationBuilder.DropColumn(
                name: "Rooms",
                table: "Invitations");

            migrationBuilder.DropColumn(
                name: "ObservesElsewhere",
                table: "AspNetUsers");

            migrationBuilder.DropColumn(
                name: "Rooms",
                table: "AspNetUsers");
        }
    }
}

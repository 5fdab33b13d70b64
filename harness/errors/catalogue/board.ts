import type { CatalogueEntry } from '../origin';

/** Faults of a board, its console and its serial port. */
export const boardCodes = {
  HIL_BOARD_PORT_MISSING: {
    origin: 'bench',
    remedy: 'Plug the board in, or name a port that `earshot devices` lists.',
  },
  HIL_BOARD_PORT_AMBIGUOUS: {
    origin: 'bench',
    remedy:
      'Name the port in the bench file by its serial number or its location too; `earshot devices` lists both.',
  },
  HIL_BOARD_PORT_BUSY: {
    origin: 'bench',
    remedy: 'Close the other serial monitor, or name another port.',
  },
  HIL_BOARD_PORT_LOST: {
    origin: 'bench',
    remedy: 'Check the USB cable and hub; then run again.',
  },
  HIL_BOARD_CONSOLE_GAP: {
    origin: 'bench',
    remedy:
      'Check the USB cable, the hub and its supply, and look at what the board printed before its port went; then run again.',
  },
  HIL_BOARD_NETWORK_LOST: {
    origin: 'bench',
    remedy:
      'Look at the access point, its distance and who else is on its channel; if only this board is thrown off it, at the antenna and the supply. Then run again.',
  },
  HIL_BOARD_PORT_FAILED: {
    origin: 'bench',
    remedy: 'Read the cause below; check permissions on the port and the cable.',
  },
  HIL_BOARD_SERVER_UNREACHABLE: {
    origin: 'bench',
    remedy:
      'Start ser2net or esp_rfc2217_server on the machine that the board is plugged into, or correct `port` in the bench file.',
  },
  HIL_BOARD_RESET_FAILED: {
    origin: 'bench',
    remedy:
      'Check what connects DTR and RTS to EN and GPIO0, name the sequence that the board needs as `reset` in the bench file, or a `power` that can be switched (docs/resetting.md).',
  },
  HIL_BOARD_DOWNLOAD_MODE: {
    origin: 'bench',
    remedy:
      'Let go of the BOOT button and of whatever else pulls GPIO0 low, and reset the board by hand; unplug one with native USB.',
  },
  HIL_BOARD_QUARANTINED: {
    origin: 'bench',
    remedy: 'Mend what the first failure of its reset says, then run again.',
  },
  HIL_POWER_FAILED: {
    origin: 'bench',
    remedy: 'Run the program that the message names by hand, as the user of the run, and mend what it says.',
  },
  HIL_BOARD_NO_BOOT: {
    origin: 'board',
    remedy: 'Read the console log from the last reset on; the firmware never reached its application.',
  },
  HIL_BOARD_WRONG_DIALECT: {
    origin: 'board',
    remedy: 'Flash the firmware that the bench file names, or change `dialect` in the bench file.',
  },
  HIL_BOARD_OTHER_FIRMWARE: {
    origin: 'bench',
    remedy: 'Flash the image under test, or name the one that the board runs as `image` in the bench file.',
  },
  HIL_BOARD_FIRMWARE_UNKNOWN: {
    origin: 'bench',
    remedy:
      'Build the firmware with log level INFO, so that it prints the SHA-256 of its ELF at boot, or leave `image` out of the bench file.',
  },
  HIL_BOARD_UNKNOWN_DIALECT: {
    origin: 'config',
    remedy: 'Write one of the dialects named above into the bench file.',
  },
  HIL_BOARD_SESSION_TIMEOUT: {
    origin: 'board',
    remedy: 'Read the console log from the last reset on; the firmware never opened its session.',
  },
  HIL_BOARD_CONSOLE_TIMEOUT: {
    origin: 'board',
    remedy: 'Read the console log of the run up to that moment; the expected text never came.',
  },
  HIL_BOARD_CONSOLE_FORBIDDEN: {
    origin: 'board',
    remedy: 'Read the console log of the run at the line named above; the suite says that it must not come.',
  },
  HIL_BOARD_CONSOLE_OUTPUT_ONLY: {
    origin: 'bench',
    remedy:
      'Use the UART connector, build with CONFIG_ESP_CONSOLE_USB_SERIAL_JTAG, or write `readsConsole: false` into the bench file.',
  },
  HIL_BOARD_CONSOLE_GARBLED: {
    origin: 'bench',
    remedy:
      'Set `baudRate` in the bench file to that of the firmware (CONFIG_ESP_CONSOLE_UART_BAUDRATE), and check cable and ground; the binary log of ESP-IDF cannot be read.',
  },
  HIL_BOARD_PANIC: {
    origin: 'board',
    remedy:
      'Decode the console log with `earshot decode --elf` and the ELF of this firmware, and mend the crash.',
  },
  HIL_BOARD_CRASH_MISSING: {
    origin: 'board',
    remedy:
      'Have the firmware print its crashes (CONFIG_ESP_SYSTEM_PANIC_PRINT_REBOOT, or the GDB stub): of a silent one nothing can be told.',
  },
  HIL_BOARD_WATCHDOG_WARNED: {
    origin: 'board',
    remedy:
      'Decode the backtrace of the warning with `earshot decode`, and have that task yield or feed the watchdog.',
  },
  HIL_BOARD_RESTARTED: {
    origin: 'board',
    remedy:
      'Find what restarts the firmware in the middle of a turn: the reset cause above tells a watchdog from esp_restart().',
  },
  HIL_BOARD_LEAK: {
    origin: 'board',
    remedy:
      'Compare the heap before and after a turn (`heap_trace_start`, or `heap_caps_print_heap_info`) and free what each turn keeps; the trend charts of the report show since when.',
  },
  HIL_BOARD_POWER_FAULT: {
    origin: 'bench',
    remedy: 'Check supply, cable and hub, and whether another program resets the board; then run again.',
  },
  HIL_BOARD_COMMAND_UNSUPPORTED: {
    origin: 'config',
    remedy: 'Leave out the case, or choose a dialect that has this command.',
  },
  HIL_BOARD_REPL_SILENT: {
    origin: 'bench',
    remedy:
      'Name the port that shows the `>>>` of MicroPython, close what else types on it, and press the reset button if a script keeps it.',
  },
  HIL_BOARD_SCRIPT_TIMEOUT: {
    origin: 'board',
    remedy: 'Give the script more time, or find what it waits for on the board.',
  },
  HIL_BOARD_SCRIPT_UNSENDABLE: {
    origin: 'config',
    remedy: 'Write the byte as an escape such as `\\x04` into the script.',
  },
  HIL_BOARD_UPLOAD_FAILED: {
    origin: 'bench',
    remedy:
      'Make room on the board, check the cable, and put the file again; the one that was there is kept.',
  },
  HIL_FLASH_NO_LOADER: {
    origin: 'bench',
    remedy:
      'Close other programs on the port; hold BOOT, press and release RESET, release BOOT, and flash again. A virtual board takes `--download`.',
  },
  HIL_FLASH_OTHER_CHIP: {
    origin: 'bench',
    remedy: 'Name the port of the ESP32-S3; `earshot devices` lists them.',
  },
  HIL_FLASH_PROTECTED: {
    origin: 'bench',
    remedy:
      "Flash it with Espressif's own tools and the keys of this board, or take a board without such protection.",
  },
  HIL_FLASH_TRANSFER: {
    origin: 'bench',
    remedy:
      'Try a lower --baud and another cable; reset the board into its loader by hand if it stays silent.',
  },
  HIL_FLASH_VERIFY: {
    origin: 'bench',
    remedy: 'Flash again at a lower --baud; if it stays wrong, the flash chip or its supply is at fault.',
  },
  HIL_FLASH_NO_ROOM: {
    origin: 'config',
    remedy: 'Build for the flash and the partition table of this board.',
  },
  HIL_FLASH_NVS: {
    origin: 'bench',
    remedy: 'Flash without --wifi-ssid, or erase the NVS partition first if nothing in it is needed.',
  },
  HIL_FLASH_INTERRUPTED: {
    origin: 'bench',
    remedy: 'Flash again, to the end; a board that was put into its loader by hand is booted by its RESET.',
  },
  HIL_FLASH_TOOL_MISSING: {
    origin: 'config',
    remedy: 'Install esptool (`pip install esptool`, or the export script of ESP-IDF), or leave --tool out.',
  },
  HIL_FLASH_TOOL_FAILED: {
    origin: 'bench',
    remedy: "Read esptool's words above: try a lower --baud, or put the board into its loader by hand.",
  },
  HIL_VIRTUAL_BOARD_FAILED: {
    origin: 'harness',
    remedy: 'Read the cause; start `earshot virtual-board` by hand to see what it prints.',
  },
} as const satisfies Record<string, CatalogueEntry>;

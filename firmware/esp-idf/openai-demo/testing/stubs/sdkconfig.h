/* Stands in for what ESP-IDF generates; the test defines the options on the command line. */
#pragma once
